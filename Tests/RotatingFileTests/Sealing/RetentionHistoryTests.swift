// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import RotatingFile

/// Retention over random schedules, changes of them, clocks set forwards and back, hours that come
/// twice, collisions, foreign files, files removed by hand and copied directories.
///
/// `CORDWOOD_RETENTION_HISTORIES` makes it more than 100,000 histories.
struct RetentionHistoryTests {
    static let zones = [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia",
    ]

    @Test(arguments: zones)
    func `no file is removed while an older one stays, nor more than the limits say`(
        zone: String
    ) throws {
        let variable = ProcessInfo.processInfo.environment["CORDWOOD_RETENTION_HISTORIES"]
        let count = (variable.flatMap { Int($0) } ?? 100_000) / Self.zones.count
        let seed = 1 + (Self.zones.firstIndex(of: zone) ?? 0) * count
        let words = try run(zone, "count=\(count)", "seed=\(seed)")
        #expect(words.suffix(2) == ["0", "violations"], "\(words.joined(separator: " "))")
        // Histories in which nothing goes, or names tell the order, show nothing.
        #expect(try #require(Int(words[2])) > count)
        #expect(try #require(Int(words[4])) > count / 10)
    }

    @Test func `ordering by names is seen to fail`() throws {
        let words = try run("Europe/Berlin", "count=500", "seed=1", "order=names")
        #expect(try #require(Int(words[words.count - 2])) > 50)
    }

    private func run(_ zone: String, _ arguments: String...) throws -> [String] {
        let probe = ChildProcess(
            program: try ChildProcess.probe,
            arguments: ["retention", "timezone=\(zone)"] + arguments)
        let result = try probe.run()
        #expect(result.status == 0)
        let last = result.output.split(separator: "\n").last ?? ""
        return last.split(separator: " ").map(String.init)
    }
}
