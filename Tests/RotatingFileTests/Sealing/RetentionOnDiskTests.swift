// SPDX-License-Identifier: Apache-2.0

import Bytes
import Glibc
import Linux
import Testing

@testable import RotatingFile

/// The histories of `RetentionHistoryTests` again, fewer, with files, pages, ledgers and sealers.
@Suite struct RetentionOnDiskTests {
    @Test(arguments: 1...60)
    func `the file that was closed last stays, whatever happened to clock, schedule and directory`(
        seed: UInt64
    ) throws {
        var life = try Life(seed: seed)
        for _ in 0..<25 { try life.happen() }
        try life.keep()
    }
}

/// One stream, and who uses it.
private struct Life {
    private var place: Workplace
    private var random: SplitMix64
    private var file: RotatingFile?
    private var now: Int64 = 1_000_000
    private var minutes = 1
    /// Names without `.gz` in the order in which they were closed.
    private var closed: [String] = []
    private var foreign: Set<String> = []

    init(seed: UInt64) throws {
        place = try Workplace()
        random = SplitMix64(state: seed)
        try open()
    }

    mutating func happen() throws {
        switch random.below(12) {
        case 0...5:
            now += Int64(random.below(400))
            try append()
        case 6:
            now += Int64(random.below(800_000)) - 400_000
            try file?.tick(now: now)
        case 7: try open()
        case 8:
            minutes = 1 + random.below(90)
            try open()
        case 9: try addForeign()
        case 10: try removeOne()
        default: try keep()
        }
        if random.below(12) == 0 { try move() }
    }

    private mutating func open() throws {
        file = nil
        place.events = []
        file = try place.open(now: now, minutes: minutes)
        try noteRollovers()
    }

    private mutating func append() throws {
        try file?.append("\(now)\n", at: now)
        try noteRollovers()
    }

    private mutating func noteRollovers() throws {
        for event in place.events {
            guard case .rolledOver(let path) = event else { continue }
            let name = RotatingFile.split(path).name
            closed.removeAll { $0 == name }
            closed.append(name)
            foreign.remove(name)
        }
        place.events = []
    }

    private mutating func addForeign() throws {
        let numbers = ["", ".1", ".7", ".999999999", ".9999999999", ".gz", ".0"]
        let name = "app.log.1970-01-1\(2 + random.below(3))\(numbers[random.below(numbers.count)])"
        guard try place.text(name) == nil else { return }
        try place.write("theirs\n", to: name)
        if let parsed = RotatedName(parsing: name, base: "app.log") {
            foreign.insert(parsed.plainName)
        }
    }

    private mutating func removeOne() throws {
        guard !closed.isEmpty else { return }
        let name = closed.remove(at: random.below(closed.count))
        for suffix in ["", ".gz"] { unlink(place.path(name + suffix)) }
    }

    /// The directory is copied to another place, without the state page.
    private mutating func move() throws {
        let copy = try Workplace()
        for name in try Directory.names(in: place.directory) where !name.hasSuffix(".state") {
            let bytes = try #require(place.bytes(name))
            try Descriptor.open(copy.path(name), O_WRONLY | O_CREAT, mode: 0o640)
                .writeAll(bytes.span)
        }
        file = nil
        place = copy
        try open()
    }

    /// Applies a random retention and looks at what is left.
    mutating func keep() throws {
        var retention = Retention()
        retention.backupCount = random.below(6)
        if random.below(3) == 0 { retention.maximumTotalByteCount = Int64(random.below(300)) }
        try file?.tick(now: now)
        try noteRollovers()
        let before = try standing()
        let report = try place.seal(keeping: retention, now: now)
        let after = try standing()
        #expect(before.subtracting(after).count == report.removedCount)
        let known = closed.filter(before.contains)
        let kept = known.filter(after.contains)
        #expect(kept == known.suffix(kept.count), "\(known) to \(kept)")
        // Foreign names that a rollover could have given count as older than all that is known.
        if kept.count < known.count { #expect(after.isDisjoint(with: foreign)) }
        if retention.backupCount > 0 {
            #expect(after.count <= retention.backupCount)
            if retention.maximumTotalByteCount == nil {
                #expect(after.count == min(before.count, retention.backupCount))
            }
        }
        closed = kept
    }

    private func standing() throws -> Set<String> {
        Set(
            try place.names.compactMap { RotatedName(parsing: $0, base: "app.log")?.plainName })
    }
}
