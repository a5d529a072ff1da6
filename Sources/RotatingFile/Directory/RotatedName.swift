import Bytes

/// The name of a rotated file: `<base>.<suffix>[.<collision>][.gz]`, such as
/// `app.log.2026-11-23_10.2.gz`.
///
/// Names are ordered by the time in the suffix, then by the number of the collision. That is the
/// order in which their files were closed unless a clock was set, an hour came twice or the
/// schedule changed: only the ledger knows it then.
public struct RotatedName: Sendable, Hashable {
    /// The name of the active file, `app.log`.
    public let base: String
    /// The start of the file's interval, in one of the formats of
    /// `RotationSchedule.suffix(forIntervalStartingAt:)`.
    public let suffix: String
    /// 0 for the first file of that suffix, 1 for the next one (`.1`), and so on.
    public var collision: Int
    /// Whether the name ends in `.gz`.
    public var isCompressed: Bool

    /// The largest number of a collision: nine digits, more than one interval can have files.
    ///
    /// A name with a larger one is not ours.
    package static let maximumCollision = 999_999_999

    /// The name of the file that `schedule` closes when its interval began at `start`, in epoch
    /// seconds.
    public init(
        base: String, schedule: RotationSchedule, intervalStart start: Int64, collision: Int = 0
    ) {
        self.base = base
        self.suffix = schedule.suffix(forIntervalStartingAt: start)
        self.collision = collision
        self.isCompressed = false
    }

    /// Reads the name of a file beside the active file `base`; nil if it is not exactly a name that
    /// a rollover gives.
    ///
    /// So a foreign file, whose name only looks alike, is never compressed or deleted: the date
    /// must exist in the calendar and a collision is written without leading zeros.
    public init?(parsing fileName: String, base: String) {
        let prefix = base.utf8
        // Bytes are compared, since two Strings of different bytes can be equal under Unicode's
        // rules.
        guard !prefix.isEmpty, fileName.utf8.starts(with: prefix) else { return nil }
        var fields = fileName.utf8.dropFirst(prefix.count)
            .split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)[...]
        // The first field is what stands between the base and its dot: nothing.
        guard let nothing = fields.popFirst(), nothing.isEmpty,
            let suffix = fields.popFirst(), Self.isSuffix(Array(suffix))
        else { return nil }
        isCompressed = fields.last?.elementsEqual("gz".utf8) ?? false
        if isCompressed { fields.removeLast() }
        collision = 0
        if let field = fields.popFirst() {
            guard let number = decimal(field), field.first != UInt8(ascii: "0"),
                number <= Self.maximumCollision
            else { return nil }
            collision = number
        }
        guard fields.isEmpty else { return nil }
        self.base = base
        self.suffix = String(decoding: suffix, as: UTF8.self)
    }

    /// The name of the file while it is not compressed.
    public var plainName: String {
        collision == 0 ? "\(base).\(suffix)" : "\(base).\(suffix).\(collision)"
    }

    /// The name of the file when it is compressed.
    public var compressedName: String { plainName + ".gz" }

    /// The name as it stands in the directory.
    public var fileName: String { isCompressed ? compressedName : plainName }

    /// Whether both are names of one slot, whichever of them is compressed.
    func isOfSameSlot(as other: Self) -> Bool {
        collision == other.collision && suffix == other.suffix && base == other.base
    }

    /// The same with the number behind the highest among `standing`; nil if none is free.
    ///
    /// People read numbers in the order of time, so the first that is free is taken only where the
    /// highest has no successor: somebody may have made a file of that name.
    package func numbered(behind standing: some Sequence<RotatedName>) -> RotatedName? {
        var next = self
        var highest = -1
        for name in standing where name.suffix == suffix {
            highest = max(highest, name.collision)
        }
        next.collision = highest + 1
        guard next.collision > Self.maximumCollision else { return next }
        let taken = Set(standing.filter { $0.suffix == suffix }.map(\.collision))
        guard let free = (0...Self.maximumCollision).first(where: { !taken.contains($0) }) else {
            return nil
        }
        next.collision = free
        return next
    }

    /// Whether `text` is `2026-11-23`, `…_10`, `…_10-15` or `…_10-15-30`, and a time that exists.
    private static func isSuffix(_ text: [UInt8]) -> Bool {
        let pattern = Array("0000-00-00_00-00-00".utf8)
        guard [10, 13, 16, 19].contains(text.count) else { return false }
        for (byte, wanted) in zip(text, pattern) {
            let isDigit = UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
            guard wanted == UInt8(ascii: "0") ? isDigit : byte == wanted else { return false }
        }
        let numbers = text.split { $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_") }
            .compactMap { decimal($0) }
        return CivilTime(
            year: numbers[0], month: numbers[1], day: numbers[2],
            hour: numbers.count > 3 ? numbers[3] : 0, minute: numbers.count > 4 ? numbers[4] : 0,
            second: numbers.count > 5 ? numbers[5] : 0
        ).exists
    }
}

extension RotatedName: Comparable {
    /// Whether the first has the earlier time; among equal times and collisions the plain file comes before the
    /// compressed one.
    public static func < (first: Self, second: Self) -> Bool {
        // The parts of a suffix have fixed widths and the largest comes first, so the text is in
        // the order of time.
        if first.suffix != second.suffix { return first.suffix < second.suffix }
        if first.collision != second.collision { return first.collision < second.collision }
        if first.isCompressed != second.isCompressed { return second.isCompressed }
        return first.base < second.base
    }
}
