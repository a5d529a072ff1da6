// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The first minute: what the README tells a newcomer to do.
struct AnswersTheFirstRequestTests {
    @Test(.enabled(if: Program.curl != nil, "needs curl"))
    func `a record that curl sends is in the log as it was sent`() throws {
        try RunningService.run { service in
            let record = #"{"level":"info","msg":"hello"}"#
            let answer = try ChildProcess(
                program: #require(Program.curl),
                arguments: [
                    "-sS", "-w", "%{http_code}", "-d", record, "localhost:\(service.port)/logs",
                ]
            ).output()
            #expect(answer == #"{"accepted":1,"rejected":0}"# + "\n200")
            #expect(try service.lines() == [record])
            let active = service.directory.appendingPathComponent("app.log")
            #expect(try service.files() == [active])
        }
    }

    @Test
    func `a record can be read as soon as it is acknowledged`() throws {
        try RunningService.run { service in
            for number in 0..<200 {
                let answer = try service.post(#"{"n":\#(number)}"#)
                #expect(answer.status == 200)
                #expect(try service.lines().count == number + 1)
            }
        }
    }
}
