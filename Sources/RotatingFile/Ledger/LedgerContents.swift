// SPDX-License-Identifier: Apache-2.0

/// The contents of a ledger.
struct LedgerContents {
    private(set) var order = ClosingOrder()
    /// The last one that was made.
    private(set) var promise: RetentionPromise?
    /// Of the last line that could be read.
    private(set) var sequence: Int64 = 0
    private(set) var at: Int64 = .min
    /// The last line that could be read.
    private(set) var last: LedgerEntry?

    /// Nothing.
    init(of base: String) { self.init([], of: base) }

    /// Reads the lines among `bytes`, which are of the active file `base`.
    ///
    /// A line that cannot be read is passed over, and so is a line without an end, which is being
    /// written or whose writer has died.
    init(_ bytes: [UInt8], of base: String) {
        var (start, line) = (0, 0)
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            if let entry = LedgerEntry(parsing: bytes[start..<end]) {
                order.note(entry, line: line, base: base)
                promise = entry.promise ?? promise
                sequence = entry.sequence
                at = entry.at
                last = entry
                line += 1
            }
            start = end + 1
        }
    }
}
