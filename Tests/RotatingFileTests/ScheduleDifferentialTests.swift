// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Random schedules against what others say of them.
///
/// `CORDWOOD_SCHEDULE_CASES` and `CORDWOOD_ALIGNED_CASES` set how many; `CORDWOOD_SCHEDULE_SEED`
/// repeats a run.
@Suite(.enabled(if: ReferencePython.program != nil, "there is no python3 that runs"))
struct ScheduleDifferentialTests {
    @Test
    func `unaligned schedules are those of CPython's TimedRotatingFileHandler`() throws {
        try expectAgreement("cpython_schedule.py", cases: "CORDWOOD_SCHEDULE_CASES", or: 100_000)
    }

    @Test
    func `aligned schedules are those that the zones' own rules give`() throws {
        try expectAgreement("aligned_schedule.py", cases: "CORDWOOD_ALIGNED_CASES", or: 2000)
    }

    private func expectAgreement(
        _ script: String, cases variable: String, or standard: Int
    ) throws {
        let environment = ProcessInfo.processInfo.environment
        let cases = environment[variable].flatMap { Int($0) } ?? standard
        let seed = environment["CORDWOOD_SCHEDULE_SEED"] ?? String(Int.random(in: 0..<1_000_000))
        let result = try #require(
            try ReferencePython.run(script, [ChildProcess.probe, String(cases), seed]))
        print(result.output)
        #expect(result.status == 0, "\(result.output)")
        #expect(result.output.contains("\(cases) cases, 0 differ"))
    }
}
