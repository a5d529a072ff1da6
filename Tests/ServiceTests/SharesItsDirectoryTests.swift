// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Two services may write the same files if they rotate them alike.
@Suite struct SharesItsDirectoryTests {
    @Test func `two services with the same schedule write one file together`() throws {
        try RunningService.run(["--workers", "1"]) { first in
            try RunningService.run(["--workers", "1"], in: first.directory) {
                (second: RunningService) throws in
                for number in 0..<20 {
                    let service = number % 2 == 0 ? first : second
                    #expect(try service.post(#"{"number":\#(number)}"#).status == 200)
                }
                #expect(try second.stop() == 0)
            }
            let expected = (0..<20).map { #"{"number":\#($0)}"# }
            #expect(try first.lines() == expected)
            #expect(try first.post(#"{"number":20}"#).status == 200)
        }
    }

    @Test func `a service with another schedule is rejected, and the first continues`() throws {
        try RunningService.run(["--workers", "1"]) { first in
            let result = try ChildProcess(
                program: "/usr/bin/timeout",
                arguments: [
                    "10", Program.cordwood, "serve", "--listen", "127.0.0.1:0", "--directory",
                    first.directory.path, "--when", "H",
                ], environment: [:]
            ).run()
            #expect(result.status == 73)
            #expect(result.errors.contains("another rotation schedule"))
            #expect(try first.post(#"{"a":1}"#).status == 200)
            #expect(try first.lines() == [#"{"a":1}"#])
        }
    }

    @Test func `when the first has stopped the schedule may be another`() throws {
        try Scratch.with { scratch in
            try RunningService.run(["--workers", "1"], in: scratch) {
                (service: RunningService) throws in
                #expect(try service.post(#"{"a":1}"#).status == 200)
                #expect(try service.stop() == 0)
            }
            try RunningService.run(["--workers", "1", "--when", "H"], in: scratch) {
                (service: RunningService) throws in
                #expect(try service.post(#"{"b":2}"#).status == 200)
                #expect(try service.lines() == [#"{"a":1}"#, #"{"b":2}"#])
            }
        }
    }
}
