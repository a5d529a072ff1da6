// SPDX-License-Identifier: Apache-2.0

/// Which rotated files are kept.
///
/// A slot is one rotated name, plain or compressed or both, and counts once. Slots go in the order
/// in which they were closed, and none goes while an older one stays.
public struct Retention: Sendable {
    /// How many slots are kept; 0 keeps all.
    ///
    /// Unless it is set it is 14, or 0 where another limit is set: a limit that is given without
    /// the others is the only one.
    public var backupCount: Int {
        get { chosenCount ?? (hasOtherLimit ? 0 : Self.defaultCount) }
        set { chosenCount = newValue }
    }
    /// Seconds after which a slot goes, counted from its last record; nil keeps all.
    public var maximumAgeSeconds: Int64?
    /// How many bytes all slots together may have on the disk; nil is no limit.
    public var maximumTotalByteCount: Int64?

    private var chosenCount: Int?

    /// How many slots are kept where nothing else is said.
    package static let defaultCount = 14

    /// Keeps fourteen slots, of any age and size, until a limit is set.
    public init() {}

    /// Why a slot goes.
    public enum Reason: String, Sendable, CaseIterable {
        /// There are more than `backupCount`.
        case count
        /// It is older than `maximumAgeSeconds`.
        case age
        /// All together are larger than `maximumTotalByteCount`.
        case bytes
    }

    /// A file of a slot.
    package struct File: Equatable {
        package var name: RotatedName
        package var byteCount: Int64
        /// Seconds since 1970.
        package var modified: Int64
        /// Whether its bytes count for `maximumTotalByteCount`.
        package var hasFinalByteCount = true

        fileprivate var countedByteCount: Int64 { hasFinalByteCount ? max(0, byteCount) : 0 }

        package init(name: RotatedName, byteCount: Int64, modified: Int64) {
            self.name = name
            self.byteCount = byteCount
            self.modified = modified
        }
    }

    /// A slot that goes.
    package struct Expiry: Equatable {
        /// The plain file first.
        package var files: [File]
        package var reason: Reason
    }

    private var hasOtherLimit: Bool {
        maximumAgeSeconds != nil || maximumTotalByteCount != nil
    }
}

extension Retention: Equatable {
    /// Whether both keep the same.
    public static func == (first: Self, second: Self) -> Bool {
        first.backupCount == second.backupCount
            && first.maximumAgeSeconds == second.maximumAgeSeconds
            && first.maximumTotalByteCount == second.maximumTotalByteCount
    }
}

extension Retention {
    /// The slots that go of `files`, all of the same active file: the first in the order in which
    /// they were closed, as long as a limit is exceeded.
    package func expiries(
        _ files: [File], in order: ClosingOrder, now: Int64
    ) -> [Expiry] {
        let slots = Slot.sorted(files, in: order)
        let times = Self.times(of: slots, now: now)
        let byteCounts = Self.byteCounts(from: slots)
        var expired: [Expiry] = []
        for index in slots.indices {
            let reason = reason(
                count: slots.count - index, byteCount: byteCounts[index],
                ageSeconds: Self.age(times[index], now))
            guard let reason else { break }
            expired.append(Expiry(files: slots[index].files, reason: reason))
        }
        return expired
    }

    /// The totals of an active file's rotated files.
    struct Sum: Equatable {
        let slotCount: Int
        let byteCount: Int64
        /// When the oldest was last written; nil: there is no file.
        let oldest: Int64?

        init(_ files: [File]) {
            slotCount = Set(files.map(\.name.plainName)).count
            byteCount = files.reduce(0) { Retention.sum($0, $1.countedByteCount) }
            oldest = files.map(\.modified).min()
        }
    }

    /// Whether some slot may have to go, whichever is the oldest.
    func isExceeded(by sum: Sum, now: Int64) -> Bool {
        reason(
            count: sum.slotCount, byteCount: sum.byteCount,
            ageSeconds: Self.age(sum.oldest ?? now, now)) != nil
    }

    private func reason(count: Int, byteCount: Int64, ageSeconds: Int64) -> Reason? {
        if backupCount > 0, count > backupCount { return .count }
        if let maximumAgeSeconds, ageSeconds > maximumAgeSeconds { return .age }
        if let maximumTotalByteCount, byteCount > maximumTotalByteCount { return .bytes }
        return nil
    }

    /// When each of `slots`, oldest first, was last written.
    ///
    /// A time that is still to come is known to be wrong. The next younger slot's counts instead,
    /// since this one was closed before; without one, the present.
    private static func times(of slots: [Slot], now: Int64) -> [Int64] {
        var next = now
        let times = slots.reversed().map { slot in
            if slot.modified <= now { next = slot.modified }
            return next
        }
        return times.reversed()
    }

    /// The bytes of each of `slots` and all behind it.
    private static func byteCounts(from slots: [Slot]) -> [Int64] {
        var total: Int64 = 0
        let byteCounts = slots.reversed().map { slot in
            total = sum(total, slot.byteCount)
            return total
        }
        return byteCounts.reversed()
    }

    private static func age(_ time: Int64, _ now: Int64) -> Int64 {
        let (age, overflow) = now.subtractingReportingOverflow(time)
        return overflow ? .max : age
    }

    fileprivate static func sum(_ first: Int64, _ second: Int64) -> Int64 {
        let (sum, overflow) = first.addingReportingOverflow(second)
        return overflow ? .max : sum
    }
}

/// One rotated name and its files.
private struct Slot {
    private(set) var files: [Retention.File]
    private(set) var byteCount: Int64
    /// When it was last written.
    private(set) var modified: Int64
    private let name: RotatedName
    private let place: Int?

    init(_ file: Retention.File, place: Int?) {
        files = [file]
        byteCount = file.countedByteCount
        modified = file.modified
        name = file.name
        self.place = place
    }

    private mutating func add(_ file: Retention.File) {
        files.append(file)
        byteCount = Retention.sum(byteCount, file.countedByteCount)
        modified = max(modified, file.modified)
    }

    /// Oldest first: those that the ledger does not name, by their last record and their name, and
    /// then those that it names.
    static func sorted(_ files: [Retention.File], in order: ClosingOrder) -> [Slot] {
        var slots: [Slot] = []
        for file in files.sorted(by: { $0.name < $1.name }) {
            if let last = slots.last, last.name.isOfSameSlot(as: file.name) {
                slots[slots.count - 1].add(file)
            } else {
                slots.append(Slot(file, place: order.place(of: file.name.plainName)))
            }
        }
        slots.sort { $0.isOlder(than: $1) }
        return slots
    }

    private func isOlder(than other: Slot) -> Bool {
        switch (place, other.place) {
        case (nil, .some): true
        case (.some, nil): false
        case (nil, nil):
            modified == other.modified ? name < other.name : modified < other.modified
        case (let mine?, let others?):
            // Equal where one was renamed because the other had its name.
            mine == others ? name < other.name : mine < others
        }
    }
}
