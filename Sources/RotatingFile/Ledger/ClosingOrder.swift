// SPDX-License-Identifier: Apache-2.0

/// In which order rotated files were closed: the order of the lines of a ledger.
///
/// Neither the time in a name nor the time of a file tells it, since clocks are set, schedules
/// change, and an hour comes twice.
package struct ClosingOrder {
    /// By the name without `.gz`, the number of the line that counts: the last that names it.
    private var places: [String: Int] = [:]

    package init() {}

    /// Notes the line number `line`; a line that names no rotated file of `base` is passed over.
    mutating func note(_ entry: LedgerEntry, line: Int, base: String) {
        guard let event = entry.event, let name = entry.name, Self.isPlain(name, of: base) else {
            return
        }
        switch event {
        case .rolled, .found: close(name, line: line)
        case .renamed: rename(entry.formerName ?? "", to: name)
        case .keeps: break
        }
    }

    /// The file of this name was closed behind all with smaller numbers.
    package mutating func close(_ plainName: String, line: Int) { places[plainName] = line }

    /// The new name has the place of the old one; so it has none where that had none.
    package mutating func rename(_ formerName: String, to plainName: String) {
        places[plainName] = places[formerName]
    }

    /// All files that the ledger names, in no order.
    var names: some Sequence<String> { places.keys }

    /// Nil for a file that the ledger does not name.
    package func place(of plainName: String) -> Int? { places[plainName] }

    /// Whether a rollover of `base` can have given the name.
    static func isPlain(_ name: String, of base: String) -> Bool {
        RotatedName(parsing: name, base: base)?.isCompressed == false
    }
}
