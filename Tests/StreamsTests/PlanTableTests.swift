// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Streams

@Suite struct PlanTableTests {
    private static func table() throws -> PlanTable<Int> {
        var table = PlanTable(0)
        table.add(1, for: try #require(StreamPattern("x")))
        table.add(2, for: try #require(StreamPattern("x*")))
        table.add(3, for: try #require(StreamPattern("*y")))
        return table
    }

    @Test(arguments: [("x", 1), ("xa", 2), ("xy", 2), ("ay", 3), ("a", 0), ("", 0)])
    func `the first rule that matches counts`(stream: String, plan: Int) throws {
        #expect(try Self.table().plan(of: stream) == plan)
    }

    @Test(arguments: [
        ("x.log", 1), ("x.rejected.log", 1), ("xa.log", 2), ("x.log.log", 2), ("a.log", 0),
        ("x", nil), ("x.log.state", nil), ("", nil),
    ])
    func `a file has the plan of its stream, and any other file that of all`(
        file: String, plan: Int?
    ) throws {
        let table = try Self.table()
        #expect(table.plan(ofFile: file) == plan ?? 0)
        #expect((table.rule(ofFile: file) != nil) == ((plan ?? 0) > 0))
    }

    @Test func `a transformed table keeps the order of the rules`() throws {
        let table = try Self.table().map { "\($0)" }
        #expect(table.common == "0" && table.rules.map(\.plan) == ["1", "2", "3"])
        #expect(table.plan(of: "xy") == "2")
    }

    /// Two services with different schedules for a stream cannot write at the same time; whatever
    /// else differs does not matter.
    @Test func `a rule counts for the fingerprint if it changes a schedule`() throws {
        func fingerprint(_ rule: (inout StreamPlan) -> Void) throws -> UInt64 {
            var plan = StreamPlan()
            rule(&plan)
            var table = PlanTable(StreamPlan())
            table.add(plan, for: try #require(StreamPattern("a")))
            return try table.map { try FilePlan($0, mode: 0o640) }.fingerprint
        }
        let common = try FilePlan(StreamPlan(), mode: 0o640).fingerprint
        #expect(try fingerprint { _ in } == common)
        #expect(try fingerprint { $0.isDurable = true } == common)
        #expect(try fingerprint { $0.retention.backupCount = 3 } == common)
        #expect(try fingerprint { $0.rotation.interval = 2 } != common)
    }
}
