// SPDX-License-Identifier: Apache-2.0

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

    /// Reads the name of a rotated file, whatever its active file is called; nil if it is not exactly
    /// a name that a rollover gives.
    ///
    /// So a foreign file with a similar name is never compressed or deleted: the date must exist in
    /// the calendar, and a collision is written without leading zeros. The suffix is the last part
    /// with a date, so a name belongs to one active file alone.
    package init?(parsing fileName: String) {
        var rest = Array(fileName.utf8)[...]
        isCompressed = rest.suffix(3).elementsEqual(FileNames.compressedSuffix.utf8)
        if isCompressed { rest.removeLast(3) }
        guard var field = Self.removeLastField(&rest) else { return nil }
        collision = 0
        if let number = decimal(field) {
            guard field.first != UInt8(ascii: "0"), number <= Self.maximumCollision,
                let suffix = Self.removeLastField(&rest)
            else { return nil }
            collision = number
            field = suffix
        }
        guard !rest.isEmpty, Self.isSuffix(field) else { return nil }
        base = String(decoding: rest, as: UTF8.self)
        suffix = String(decoding: field, as: UTF8.self)
    }

    /// Reads the name of a file beside the active file `base`; nil if it is not exactly a name that
    /// a rollover gives.
    public init?(parsing fileName: String, base: String) {
        // Bytes are compared, because two Strings of different bytes can be equal under Unicode's
        // rules.
        guard let name = RotatedName(parsing: fileName), name.base.utf8.elementsEqual(base.utf8)
        else { return nil }
        self = name
    }

    /// Takes the part behind the last dot off `text`; nil if there is no dot.
    private static func removeLastField(_ text: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard let dot = text.lastIndex(of: UInt8(ascii: ".")) else { return nil }
        let field = text[(dot + 1)...]
        text = text[..<dot]
        return field
    }

    /// The name of the file while it is not compressed.
    public var plainName: String {
        collision == 0 ? "\(base).\(suffix)" : "\(base).\(suffix).\(collision)"
    }

    /// The name of the file when it is compressed.
    public var compressedName: String { plainName + FileNames.compressedSuffix }

    /// The name as it stands in the directory.
    public var fileName: String { isCompressed ? compressedName : plainName }

    /// Whether both are names of one slot, whichever of them is compressed.
    func isOfSameSlot(as other: Self) -> Bool {
        collision == other.collision && suffix == other.suffix && base == other.base
    }

    /// The same name with the number behind the highest among `standing`; nil if none is free.
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
    private static func isSuffix(_ text: ArraySlice<UInt8>) -> Bool {
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
    /// Whether the first has the earlier time; of equal times and collisions the plain file comes
    /// before the compressed one.
    public static func < (first: Self, second: Self) -> Bool {
        // The parts of a suffix have fixed widths and the largest comes first, so the text is in
        // the order of time.
        if first.suffix != second.suffix { return first.suffix < second.suffix }
        if first.collision != second.collision { return first.collision < second.collision }
        if first.isCompressed != second.isCompressed { return second.isCompressed }
        return first.base < second.base
    }
}
