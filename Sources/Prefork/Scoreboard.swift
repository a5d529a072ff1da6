// SPDX-License-Identifier: Apache-2.0

import Linux
import Synchronization
import SystemPackage

/// Numbers that all processes of the service share: a row for each child, a cell for each number.
///
/// A process writes only its own row, and the others only read it, so relaxed atomics are enough
/// and a process that dies leaves no lock behind. Its successor continues the row, so a death loses
/// no count. Behind the rows are cells that all processes may write.
package final class Scoreboard {
    // SAFETY: the mapping is never moved or released while the scoreboard lives, every cell lies
    // at a multiple of 8 in it, and cells are touched as atomics only.
    @usableFromInline let cells: UnsafeMutablePointer<Atomic<Int64>>
    private let mapping: SharedMapping
    /// The memory as a file, which is handed to the next program at an upgrade.
    package let file: Descriptor
    package let rowCount: Int
    package let cellCount: Int
    package let sharedCellCount: Int

    /// All zero, and shared with every child forked from now on.
    package init(rowCount: Int, cellCount: Int, sharedCellCount: Int = 0) throws(Errno) {
        let cellCount = Self.padded(cellCount)
        let byteCount = Self.byteCount(rowCount, cellCount, sharedCellCount)
        file = try Descriptor.memory(named: "scoreboard", byteCount: Int64(byteCount))
        mapping = try SharedMapping(of: file, byteCount: byteCount)
        cells = mapping.base.assumingMemoryBound(to: Atomic<Int64>.self)
        self.rowCount = rowCount
        self.cellCount = cellCount
        self.sharedCellCount = sharedCellCount
    }

    /// The scoreboard of an earlier program with the same layout.
    package init(
        adopting file: consuming Descriptor, rowCount: Int, cellCount: Int,
        sharedCellCount: Int = 0
    ) throws(Errno) {
        let cellCount = Self.padded(cellCount)
        let byteCount = Self.byteCount(rowCount, cellCount, sharedCellCount)
        guard try FileStatus(of: file).byteCount >= byteCount else { throw .invalidArgument }
        mapping = try SharedMapping(of: file, byteCount: byteCount)
        self.file = file
        cells = mapping.base.assumingMemoryBound(to: Atomic<Int64>.self)
        self.rowCount = rowCount
        self.cellCount = cellCount
        self.sharedCellCount = sharedCellCount
    }

    /// Each row begins on a cache line of its own, so that processes do not slow each other down.
    private static func padded(_ cellCount: Int) -> Int { (cellCount + 7) & ~7 }

    private static func byteCount(
        _ rowCount: Int, _ cellCount: Int, _ sharedCellCount: Int
    ) -> Int {
        (headerCellCount + max(1, rowCount * cellCount) + sharedCellCount) * 8
    }

    /// The first cell has the number of rows that were ever used.
    @inlinable static var headerCellCount: Int { 8 }

    /// The rows beyond these are all zero.
    package var usedRowCount: Int {
        min(rowCount, Int(cells.pointee.load(ordering: .relaxed)))
    }

    /// Includes the row in `usedRowCount`.
    package func use(row: Int) {
        cells.pointee.max(Int64(row + 1), ordering: .relaxed)
    }

    package subscript(row: Int, cell: Int) -> Int64 {
        get { pointer(row, cell).pointee.load(ordering: .relaxed) }
        set { pointer(row, cell).pointee.store(newValue, ordering: .relaxed) }
    }

    /// Adds to a cell of the caller's own row.
    @inlinable package func add(_ amount: Int64, row: Int, cell: Int) {
        // One writer: a load and a store do what a locked instruction would, for less.
        let pointer = pointer(row, cell)
        let sum = pointer.pointee.load(ordering: .relaxed) &+ amount
        pointer.pointee.store(sum, ordering: .relaxed)
    }

    /// A cell that all processes may write.
    ///
    /// A process that reads the last value sees everything that its writer had written before.
    package subscript(shared cell: Int) -> Int64 {
        get { sharedPointer(cell).pointee.load(ordering: .acquiring) }
        set { sharedPointer(cell).pointee.store(newValue, ordering: .releasing) }
    }

    /// Adds one to a cell that all processes may write; returns its earlier value, which no other
    /// caller gets.
    package func claim(shared cell: Int) -> Int64 {
        sharedPointer(cell).pointee.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue
    }

    private func sharedPointer(_ cell: Int) -> UnsafeMutablePointer<Atomic<Int64>> {
        precondition(cell >= 0 && cell < sharedCellCount)
        return cells + Self.headerCellCount + max(1, rowCount * cellCount) + cell
    }

    /// The sum of a cell over all rows.
    package func total(_ cell: Int) -> Int64 {
        (0..<usedRowCount).reduce(0) { $0 &+ self[$1, cell] }
    }

    @inlinable func pointer(_ row: Int, _ cell: Int) -> UnsafeMutablePointer<Atomic<Int64>> {
        precondition(row >= 0 && row < rowCount && cell >= 0 && cell < cellCount)
        return cells + Self.headerCellCount + row * cellCount + cell
    }
}
