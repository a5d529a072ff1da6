/// Which rotated files are kept.
///
/// A slot is one rotated name, plain or compressed or both, and counts once.
public struct Retention: Sendable, Equatable {
    /// How many slots are kept; 0 keeps all.
    public var backupCount = 14
    /// Seconds after which a slot goes, counted from its last record; nil keeps all.
    public var maximumAgeSeconds: Int64?
    /// How many bytes all slots together may have on the disk; nil is no limit.
    public var maximumTotalByteCount: Int64?

    /// Keeps fourteen slots, of any age and size.
    public init() {}

    /// A file of a slot.
    struct File: Equatable {
        var name: RotatedName
        var byteCount: Int64
        /// Seconds since 1970.
        var modified: Int64
    }

    /// What goes of `files`, all of the same active file, oldest slot first.
    func expired(_ files: [File], now: Int64) -> [RotatedName] {
        var slots: [[File]] = []
        for file in files.sorted(by: { $0.name < $1.name }) {
            if let last = slots.last?.last, last.name.plainName == file.name.plainName {
                slots[slots.count - 1].append(file)
            } else {
                slots.append([file])
            }
        }
        let total = slots.joined().reduce(0) { $0 + $1.byteCount }
        var (keptCount, keptByteCount) = (slots.count, total)
        var expired: [RotatedName] = []
        for slot in slots {
            let age = now - (slot.map(\.modified).max() ?? now)
            let isTooMany = backupCount > 0 && keptCount > backupCount
            let isTooOld = maximumAgeSeconds.map { age > $0 } ?? false
            let isTooBig = maximumTotalByteCount.map { keptByteCount > $0 } ?? false
            guard isTooMany || isTooOld || isTooBig else { continue }
            expired += slot.map(\.name)
            keptCount -= 1
            keptByteCount -= slot.reduce(0) { $0 + $1.byteCount }
        }
        return expired
    }
}
