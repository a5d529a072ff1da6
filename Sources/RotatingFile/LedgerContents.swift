/// What the lines of a ledger say together.
struct LedgerContents {
    private(set) var order = ClosingOrder()
    /// The last one that was made.
    private(set) var promise: RetentionPromise?
    /// Of the last line that could be read.
    private(set) var sequence: Int64 = 0
    private(set) var at: Int64 = .min
    /// The last line that could be read.
    private(set) var last: LedgerEntry?

    private let bytes: [UInt8]
    private var lines: [Range<Int>] = []
    private let base: String

    /// Nothing.
    init(of base: String) { self.init([], of: base) }

    /// Reads the lines among `bytes`, which are of the active file `base`.
    ///
    /// A line that cannot be read is passed over, and so is one that does not end: it is being
    /// written, or its writer has died.
    init(_ bytes: [UInt8], of base: String) {
        self.bytes = bytes
        self.base = base
        var start = 0
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            if let entry = LedgerEntry(parsing: bytes[start..<end]) {
                order.note(entry, line: lines.count, base: base)
                promise = entry.promise ?? promise
                sequence = entry.sequence
                at = entry.at
                last = entry
                lines.append(start..<end + 1)
            }
            start = end + 1
        }
    }

    /// The lines that are still needed: of the files for which `isStanding` says that they stand,
    /// oldest first, and the promise.
    func compacted(isStanding: (RotatedName) -> Bool) -> [UInt8] {
        var kept: [(line: Int, name: RotatedName)] = []
        for (text, line) in order.all {
            if let name = RotatedName(parsing: text, base: base), isStanding(name) {
                kept.append((line, name))
            }
        }
        kept.sort { ($0.line, $0.name) < ($1.line, $1.name) }
        var result: [UInt8] = []
        for (line, name) in kept {
            guard var entry = LedgerEntry(parsing: bytes[lines[line].dropLast()]) else { continue }
            if entry.name == name.plainName {
                result += bytes[lines[line]]
            } else {
                // It was renamed, and stands in the place of the file that it was.
                entry.name = name.plainName
                result += entry.line
            }
        }
        if let promise {
            result +=
                LedgerEntry(sequence: sequence, at: at, event: .keeps, promise: promise).line
        }
        return result
    }
}
