// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Deaths and failures at every system call, and under load, with exact accounts of what is left.
///
/// `CORDWOOD_STORM_SECONDS` makes the last one longer.
@Suite(.serialized, .enabled(if: ReferencePython.program != nil, "there is no python3 that runs"))
struct CrashTests {
    @Test func `a death before any call of append and rollover loses no line`() throws {
        try campaign("kills", atLeast: 120)
    }

    @Test func `a death before any call of sealing loses no line`() throws {
        try campaign("seal-kills", atLeast: 120)
    }

    @Test func `a failure of any call of append and rollover costs at most that append`() throws {
        try campaign("errors", "--errors", "ENOSPC", atLeast: 120)
    }

    @Test func `a failure of any call of sealing loses no line`() throws {
        try campaign("seal-errors", "--errors", "EIO", atLeast: 120)
    }

    @Test func `writers and a sealer under kill -9 lose no line`() throws {
        let seconds = ProcessInfo.processInfo.environment["CORDWOOD_STORM_SECONDS"] ?? "4"
        try campaign("storm", "--seconds", seconds, atLeast: 20)
    }

    @Test func `nor when a person moves the file and removes the state page meanwhile`() throws {
        try campaign("hands", "--seconds", "4", atLeast: 20)
    }

    private func campaign(_ mode: String, _ arguments: String..., atLeast faults: Int) throws {
        let result = try #require(
            try ReferencePython.run(
                "crash_campaign.py", [ChildProcess.probe, mode] + arguments))
        #expect(result.status == 0, "\(result.output)")
        // A campaign that reached nothing has shown nothing.
        let words = result.output.split(separator: " ")
        #expect(try #require(words.dropFirst().first.flatMap { Int($0) }) >= faults)
    }
}
