// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

struct ShowsItsStatusTests {
    @Test
    func `status is printed once without a terminal`() throws {
        try RunningService.run(["--workers", "2"]) { service in
            for _ in 0..<3 { _ = try service.post(#"{"a":1}"#) }
            let url = "http://127.0.0.1:\(service.port)"
            let result = try Binary.run(["status", url])
            #expect(result.status == 0)
            #expect(result.errors == "")
            #expect(!result.output.contains("\u{1b}"))
            for part in [
                " at \(url): ok, up ", "; 3 written, 0 rejected", "2 of 2 run", "p50 ",
                "nothing waits", service.directory.path, "0 killed", "last error   none",
            ] {
                #expect(result.output.contains(part), "\(part) is not in\n\(result.output)")
            }
        }
    }

    @Test
    func `status without a service is an error and a sentence`() throws {
        let result = try Binary.run(["status", "http://127.0.0.1:\(try FreePort.find())"])
        #expect(result.status == 1)
        #expect(result.errors.contains("nobody answers"))
    }

    private struct Session: Decodable {
        let drawn: String
        let status: Int32
        let isRestored: Bool
    }

    @Test(.enabled(if: Program.python != nil, "needs python3"), arguments: ["q", "^C", "TERM"])
    func `on a terminal it is redrawn until it is ended, and the terminal is left as it was`(
        keys: String
    ) throws {
        try RunningService.run(["--workers", "1"]) { service in
            let printed = try Program.runPython(
                "terminal.py",
                [keys, Program.cordwood, "status", "http://127.0.0.1:\(service.port)"])
            let session = try JSONDecoder().decode(Session.self, from: Data(printed.utf8))
            #expect(session.status == 0)
            #expect(session.isRestored)
            #expect(session.drawn.hasPrefix("\u{1b}[?1049h\u{1b}[?25l"))
            #expect(session.drawn.hasSuffix("\u{1b}[?25h\u{1b}[?1049l"))
            #expect(session.drawn.contains("rates are those since the start"))
            #expect(session.drawn.contains("rates are those of the last second"))
            #expect(session.drawn.contains("1 of 1 run"))
        }
    }
}
