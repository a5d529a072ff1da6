// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RotatingFile

/// Which slots go.
@Suite struct RetentionTests {
    struct Rule: Sendable {
        var count = 0
        var age: Int64?
        var bytes: Int64?
        var files: [(name: String, bytes: Int64, modified: Int64)]
        var expired: [String]
    }

    private static let week = (1...4).map { ("app.log.2026-11-0\($0)", Int64(10), Int64($0)) }

    @Test(arguments: [
        Rule(count: 0, files: week, expired: []),
        Rule(count: 4, files: week, expired: []),
        Rule(count: 3, files: week, expired: ["app.log.2026-11-01"]),
        Rule(count: 1, files: week.reversed(), expired: (1...3).map { "app.log.2026-11-0\($0)" }),
        Rule(age: 97, files: week, expired: ["app.log.2026-11-01", "app.log.2026-11-02"]),
        Rule(age: 99, files: week, expired: []),
        Rule(bytes: 40, files: week, expired: []),
        Rule(bytes: 39, files: week, expired: ["app.log.2026-11-01"]),
        Rule(bytes: 0, files: week, expired: (1...4).map { "app.log.2026-11-0\($0)" }),
        // The strictest rule decides.
        Rule(
            count: 3, age: 99, bytes: 20, files: week,
            expired: ["app.log.2026-11-01", "app.log.2026-11-02"]),
        // Plain and compressed are one slot, and go together.
        Rule(
            count: 1,
            files: [
                ("app.log.2026-11-01", 10, 1), ("app.log.2026-11-01.gz", 1, 1),
                ("app.log.2026-11-02", 10, 2), ("app.log.2026-11-02.gz", 1, 2),
            ],
            expired: ["app.log.2026-11-01", "app.log.2026-11-01.gz"]),
        // Collisions are slots of their own, and the tenth is younger than the ninth.
        Rule(
            count: 1,
            files: [
                ("app.log.2026-11-01.10.gz", 1, 1), ("app.log.2026-11-01.9.gz", 1, 1),
                ("app.log.2026-11-01.gz", 1, 1),
            ],
            expired: ["app.log.2026-11-01.gz", "app.log.2026-11-01.9.gz"]),
    ])
    func `the oldest slots beyond a limit expire`(rule: Rule) throws {
        var retention = Retention()
        retention.backupCount = rule.count
        retention.maximumAgeSeconds = rule.age
        retention.maximumTotalByteCount = rule.bytes
        let files = try rule.files.map { file in
            Retention.File(
                name: try #require(RotatedName(parsing: file.name, base: "app.log")),
                byteCount: file.bytes, modified: file.modified)
        }
        let expired = retention.expiries(files, in: ClosingOrder(), now: 100)
        #expect(expired.flatMap { $0.files.map(\.name.fileName) } == rule.expired)
    }

    @Test(arguments: [
        // A time to come is wrong: the next younger file's counts, or the present.
        Rule(
            age: 50, files: [("app.log.2026-11-01", 1, 900), ("app.log.2026-11-02", 1, 40)],
            expired: ["app.log.2026-11-01", "app.log.2026-11-02"]),
        Rule(
            age: 50, files: [("app.log.2026-11-01", 1, 900), ("app.log.2026-11-02", 1, 60)],
            expired: []),
        Rule(
            age: 50, files: [("app.log.2026-11-01", 1, .max), ("app.log.2026-11-02", 1, .min)],
            expired: ["app.log.2026-11-01", "app.log.2026-11-02"]),
        Rule(age: 50, files: [("app.log.2026-11-01", 1, 900)], expired: []),
        // What is too old behind a file that is not stays with it.
        Rule(
            age: 50, files: [("app.log.2026-11-01", 1, 60), ("app.log.2026-11-02", 1, 10)],
            expired: []),
        // A large file at the end does not cost the small one before it more than it must.
        Rule(
            bytes: 12, files: [("app.log.2026-11-01", 1, 1), ("app.log.2026-11-02", 20, 2)],
            expired: ["app.log.2026-11-01", "app.log.2026-11-02"]),
        Rule(
            bytes: 5,
            files: [("app.log.2026-11-01", .max, 1), ("app.log.2026-11-02", .max, 2)],
            expired: ["app.log.2026-11-01", "app.log.2026-11-02"]),
    ])
    func `slots are removed in the order in which they were closed`(
        rule: Rule
    ) throws {
        var retention = Retention()
        retention.backupCount = rule.count
        retention.maximumAgeSeconds = rule.age
        retention.maximumTotalByteCount = rule.bytes
        var order = ClosingOrder()
        for (line, file) in rule.files.enumerated() { order.close(file.name, line: line) }
        let files = try rule.files.map { file in
            Retention.File(
                name: try #require(RotatedName(parsing: file.name, base: "app.log")),
                byteCount: file.bytes, modified: file.modified)
        }
        let expired = retention.expiries(files.shuffled(), in: order, now: 100)
        #expect(expired.flatMap { $0.files.map(\.name.fileName) } == rule.expired)
        // What is removed is never more than may be.
        #expect(expired.isEmpty || retention.isExceeded(by: Retention.Sum(files), now: 100))
    }

    @Test func `a limit that is given without the others is the only one`() {
        var retention = Retention()
        #expect(retention.backupCount == 14)
        retention.maximumAgeSeconds = 60
        #expect(retention.backupCount == 0)
        retention.backupCount = 14
        #expect(retention.backupCount == 14)
        var large = Retention()
        large.maximumTotalByteCount = 60
        #expect(large.backupCount == 0)
        large.maximumTotalByteCount = nil
        #expect(large == Retention())
    }
}
