// SPDX-License-Identifier: Apache-2.0

import Bytes
import RotatingFile

/// A stream's rollovers, and all that happens to its clock, its schedule and its directory, without
/// a disk: names, order and retention are those of the library.
struct History {
    private struct Standing {
        var name: RotatedName
        /// The number of the event that closed it; nil: the ledger does not know it.
        var closed: Int?
        var modified: Int64
        var byteCount: Int64
    }

    private(set) var removalCount = 0
    /// How often a file was closed whose name is not behind those of all that were closed before.
    private(set) var clashCount = 0

    private let isByName: Bool
    private var chance: SplitMix64
    private var now: Int64
    private var schedule: RotationSchedule
    private var rolloverAt: Int64
    private var retention = Retention()
    private var standing: [Standing] = []
    private var order = ClosingOrder()
    private var closedCount = 0

    init(seed: UInt64, isByName: Bool) {
        self.isByName = isByName
        chance = SplitMix64(state: seed)
        now = Self.start(&chance)
        schedule = Self.schedule(&chance)
        rolloverAt = schedule.rollover(after: now)
        retention = Self.retention(&chance)
    }

    /// The first violation; nil: none.
    mutating func live() -> String? {
        // Those of before an upgrade have no lines.
        for _ in 0..<chance.below(4) { close(isKnown: false) }
        for _ in 0..<4 + chance.below(10) {
            happen()
            if chance.below(3) == 0, let violation = keep() { return violation }
        }
        return keep()
    }

    private mutating func happen() {
        switch chance.below(16) {
        case 0...6:
            now = max(now, rolloverAt) + Int64(chance.below(4) == 0 ? chance.below(90_000) : 0)
            close(isKnown: true)
        case 7...8:
            // Rotated by its size.
            now += Int64(chance.below(30))
            close(isKnown: true)
        case 9...10: setClock()
        case 11:
            schedule = Self.schedule(&chance)
            rolloverAt = schedule.rollover(after: now)
        case 12: addForeign()
        case 13:
            if !standing.isEmpty { standing.remove(at: chance.below(standing.count)) }
        case 14: copy()
        default: retention = Self.retention(&chance)
        }
    }

    /// A rollover, as `RotatingFile` does it.
    private mutating func close(isKnown: Bool) {
        let start = schedule.intervalStart(endingAt: rolloverAt, now: now)
        let interval = RotatedName(base: "a", schedule: schedule, intervalStart: start)
        guard let name = interval.numbered(behind: standing.map { $0.name }) else { return }
        if standing.contains(where: { name < $0.name }) { clashCount += 1 }
        closedCount += 1
        if isKnown { order.close(name.plainName, line: closedCount) }
        let lag = Int64(chance.below(8) == 0 ? chance.below(4000) : 0)
        standing.append(
            Standing(
                name: name, closed: isKnown ? closedCount : nil, modified: now - lag,
                byteCount: Int64(chance.below(100))))
        if rolloverAt <= now { rolloverAt = schedule.rollover(after: now) }
    }

    private mutating func setClock() {
        let spans: [Int64] = [60, 3600, 86_400, 40 * 86_400, 4000 * 86_400]
        let span = spans[chance.below(spans.count)]
        let step = Int64(chance.below(Int(span))) + 1
        if chance.below(2) == 0 {
            now += step
        } else {
            now -= step
            rolloverAt = min(rolloverAt, schedule.rollover(after: now))
        }
    }

    /// Somebody puts a file there whose name a rollover could have given.
    private mutating func addForeign() {
        let start = schedule.intervalStart(
            endingAt: rolloverAt + Int64(chance.below(3) - 1) * 86_400, now: now)
        var name = RotatedName(base: "a", schedule: schedule, intervalStart: start)
        let numbers = [0, 1, 2, 9, RotatedName.maximumCollision]
        name.collision = numbers[chance.below(numbers.count)]
        guard !standing.contains(where: { $0.name == name }) else { return }
        let modified = now + Int64(chance.below(200_000) - 100_000)
        // A line of a file of this name that is gone speaks of it now.
        guard order.place(of: name.plainName) == nil else { return }
        standing.append(
            Standing(
                name: name, closed: nil, modified: modified, byteCount: Int64(chance.below(100))))
    }

    /// The directory is copied: names and ledger stay, times are what the program made of them.
    private mutating func copy() {
        for index in standing.indices {
            standing[index].modified = now + Int64(chance.below(10))
        }
        standing.shuffle(using: &chance)
        now += 10
    }

    // MARK: Retention

    /// Removes expired files, and notes violations.
    private mutating func keep() -> String? {
        let files = standing.map {
            Retention.File(name: $0.name, byteCount: $0.byteCount, modified: $0.modified)
        }
        let names: [RotatedName] =
            isByName
            ? expiredByName(files)
            : retention.expiries(files, in: order, now: now).flatMap { $0.files.map(\.name) }
        removalCount += names.count
        for name in names {
            guard let index = standing.firstIndex(where: { $0.name == name }) else {
                return "\(name.fileName) goes, but does not stand"
            }
            if let violation = violation(of: index) { return violation }
            standing.remove(at: index)
        }
        return excess()
    }

    /// Whether the file may go, of all that stand.
    private func violation(of index: Int) -> String? {
        let going = standing[index]
        for other in standing {
            guard isOlder(other, than: going) else { continue }
            return "\(going.name.fileName) goes, \(other.name.fileName) was closed before"
        }
        if retention.backupCount > 0, standing.count > retention.backupCount { return nil }
        let total = standing.reduce(0) { $0 + $1.byteCount }
        if let bytes = retention.maximumTotalByteCount, total > bytes { return nil }
        if let age = retention.maximumAgeSeconds, isOlder(going, thanSeconds: age) { return nil }
        return "\(going.name.fileName) goes, and no limit says so"
    }

    private func isOlder(_ other: Standing, than going: Standing) -> Bool {
        switch (other.closed, going.closed) {
        case (let other?, let going?): other < going
        case (nil, .some): true
        case (.some, nil): false
        case (nil, nil): other.modified < going.modified
        }
    }

    /// By its own time or, where that is still to come, by that of one that was closed later.
    private func isOlder(_ file: Standing, thanSeconds age: Int64) -> Bool {
        if file.modified <= now { return now - file.modified > age }
        return standing.contains { other in
            !isOlder(other, than: file) && other.modified <= now && now - other.modified > age
        }
    }

    /// The files left that a limit does not allow.
    private func excess() -> String? {
        if retention.backupCount > 0, standing.count > retention.backupCount {
            return "\(standing.count) stay"
        }
        let total = standing.reduce(0) { $0 + $1.byteCount }
        guard let bytes = retention.maximumTotalByteCount, total > bytes else { return nil }
        return "\(total) bytes stay"
    }

    /// As it was before there were ledgers.
    private func expiredByName(_ files: [Retention.File]) -> [RotatedName] {
        var (count, total) = (files.count, files.reduce(0) { $0 + $1.byteCount })
        return files.sorted { $0.name < $1.name }.filter { file in
            let isTooMany = retention.backupCount > 0 && count > retention.backupCount
            let isTooOld = retention.maximumAgeSeconds.map { now - file.modified > $0 } ?? false
            let isTooBig = retention.maximumTotalByteCount.map { total > $0 } ?? false
            guard isTooMany || isTooOld || isTooBig else { return false }
            (count, total) = (count - 1, total - file.byteCount)
            return true
        }.map(\.name)
    }

    // MARK: Random choices

    /// Often a little before the clocks change in one of the zones.
    private static func start(_ chance: inout SplitMix64) -> Int64 {
        let changes: [Int64] = [
            1_792_890_000,  // 2026-10-25 01:00 UTC: Berlin, back by an hour
            1_793_512_800,  // 2026-11-01 06:00 UTC: New York, back by an hour
            1_774_746_000,  // 2026-03-29 01:00 UTC: Berlin, forward by an hour
            1_775_314_800,  // 2026-04-04 15:00 UTC: Lord Howe, back by half an hour
            1_325_239_200,  // 2011-12-30 10:00 UTC: Apia leaves out a day
        ]
        let change = changes[chance.below(changes.count)]
        return change - Int64(chance.below(chance.below(2) == 0 ? 7200 : 3 * 86_400))
    }

    private static func schedule(_ chance: inout SplitMix64) -> RotationSchedule {
        let units: [RotationSchedule.When] = [
            .seconds, .minutes, .minutes, .hours, .hours, .days, .midnight,
            .weekday(chance.below(7)),
        ]
        let when = units[chance.below(units.count)]
        let interval = chance.below(3) == 0 ? 1 + chance.below(30) : 1
        let zone = chance.below(6) == 0 ? RotationSchedule.Zone.utc : .local
        let made = try? RotationSchedule(
            when: when, interval: interval, zone: zone, aligned: chance.below(3) != 0)
        guard let made else { fail("no schedule") }
        return made
    }

    private static func retention(_ chance: inout SplitMix64) -> Retention {
        var retention = Retention()
        retention.backupCount = chance.below(4) == 0 ? 0 : 1 + chance.below(6)
        if chance.below(3) == 0 {
            let ages: [Int64] = [30, 3600, 86_400, 14 * 86_400]
            retention.maximumAgeSeconds = ages[chance.below(ages.count)]
        }
        if chance.below(3) == 0 { retention.maximumTotalByteCount = Int64(chance.below(400)) }
        return retention
    }
}
