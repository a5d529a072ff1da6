import Linux
import Synchronization
import SystemPackage

/// Numbers that all processes of the service see: a row for each child's slot, a cell for each number.
///
/// A worker writes only its own row and everyone else only reads, so relaxed atomics are enough
/// and a worker that dies can leave no lock behind. Its successor goes on in the same row, so a
/// death loses no count.
package final class Scoreboard {
    // SAFETY: the mapping is never moved or released while the scoreboard lives, every cell lies
    // at a multiple of 8 in it, and cells are touched as atomics only.
    private let cells: UnsafeMutablePointer<Atomic<Int64>>
    private let mapping: SharedMapping
    package let rowCount: Int
    package let cellCount: Int

    /// All zero, and shared with every child forked from now on.
    package init(rowCount: Int, cellCount: Int) throws(Errno) {
        // Rows begin on cache lines of their own, so that workers do not slow each other down.
        let paddedCellCount = (cellCount + 7) & ~7
        mapping = try SharedMapping(anonymousByteCount: max(1, rowCount * paddedCellCount) * 8)
        cells = mapping.base.assumingMemoryBound(to: Atomic<Int64>.self)
        self.rowCount = rowCount
        self.cellCount = paddedCellCount
    }

    package subscript(row: Int, cell: Int) -> Int64 {
        get { pointer(row, cell).pointee.load(ordering: .relaxed) }
        set { pointer(row, cell).pointee.store(newValue, ordering: .relaxed) }
    }

    /// Adds to a cell of the caller's own row.
    package func add(_ amount: Int64, row: Int, cell: Int) {
        // One writer: a load and a store do what a locked instruction would, for less.
        let pointer = pointer(row, cell)
        let sum = pointer.pointee.load(ordering: .relaxed) &+ amount
        pointer.pointee.store(sum, ordering: .relaxed)
    }

    /// The sum of a cell over all rows.
    package func total(_ cell: Int) -> Int64 {
        (0..<rowCount).reduce(0) { $0 &+ self[$1, cell] }
    }

    private func pointer(_ row: Int, _ cell: Int) -> UnsafeMutablePointer<Atomic<Int64>> {
        precondition(row >= 0 && row < rowCount && cell >= 0 && cell < cellCount)
        return cells + row * cellCount + cell
    }
}
