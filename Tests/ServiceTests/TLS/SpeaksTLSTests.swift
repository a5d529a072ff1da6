// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(
    .enabled(
        if: Program.curl != nil && Program.openssl != nil && Program.python != nil,
        "needs curl, openssl and python3"))
struct SpeaksTLSTests {
    @Test(arguments: [["--tlsv1.2", "--tls-max", "1.2"], ["--tlsv1.3"]])
    func `curl is answered over TLS, and beside it without`(version: [String]) throws {
        try RunningService.runSecurely { service, certificates in
            let result = try service.curl(
                "/logs", trusting: certificates.authority, version + ["-d", #"{"a":1}"#])
            #expect(result.output == #"{"accepted":1,"rejected":0}"# + "\n")
            #expect(try service.post(#"{"a":2}"#).status == 200)
            #expect(try service.lines() == [#"{"a":1}"#, #"{"a":2}"#])
        }
    }

    @Test
    func `a connection is kept for many requests`() throws {
        try RunningService.runSecurely { service, certificates in
            let answers = try read([Int].self, service.secureClient("keep_alive", certificates))
            #expect(answers == Array(repeating: 200, count: 200))
            #expect(try service.lines() == (0..<200).map { #"{"n": \#($0)}"# })
        }
    }

    @Test
    func `requests are whole however they are cut into records of TLS`() throws {
        try RunningService.runSecurely { service, certificates in
            let answers = try read([Int].self, service.secureClient("pipelined", certificates))
            #expect(answers == Array(repeating: 200, count: 2050))
            #expect(try service.lines() == (0..<2050).map { #"{"n": \#($0)}"# })
        }
    }

    @Test
    func `bodies of megabytes arrive, with a length, in chunks and compressed`() throws {
        try RunningService.runSecurely { service, certificates in
            let accepted = try read([Int].self, service.secureClient("large", certificates))
            #expect(accepted == [5000, 5000, 5000])
            let lines = try service.lines(of: "length")
            #expect(lines.count == 5000)
            #expect(try service.lines(of: "chunked") == lines)
            #expect(try service.lines(of: "gzip") == lines)
        }
    }

    @Test
    func `answers wait for a client that does not read, and arrive whole`() throws {
        try RunningService.runSecurely { service, certificates in
            let text = try service.secureClient("unread_answers", certificates)
            #expect(text == "[600, true]\n")
        }
    }

    @Test
    func `the end of a connection is announced`() throws {
        try RunningService.runSecurely { service, certificates in
            let text = try service.secureClient("last_answer", certificates)
            #expect(text == #"[200, "close", null]"# + "\n")
        }
    }

    @Test
    func `a client that closes after its requests is still answered`() throws {
        try RunningService.runSecurely { service, certificates in
            let answered = try service.secureClient("half_closed", certificates)
            #expect(answered == "[1, 5]\n")
            let lines = try service.lines()
            #expect(lines.count == 6)
        }
    }

    @Test
    func `nothing is written of a body whose client goes away`() throws {
        try RunningService.runSecurely(["--workers", "1"]) { service, certificates in
            #expect(try service.secureClient("unfinished", certificates) == "[200]\n")
            try eventually("the connections are gone") {
                try service.metrics().total("cordwood_connections") <= 1
            }
            #expect(try service.stop() == 0)
            #expect(try service.lines() == [#"{"n": 1}"#])
        }
    }

    @Test
    func `a request under way is answered while the service stops`() throws {
        try RunningService.runSecurely { service, certificates in
            let text = try service.secureClient("slow_stop", certificates, ["\(service.master)"])
            #expect(text == #"[200, "close", null]"# + "\n")
            #expect(try service.waitForEnd() == 0)
            #expect(try service.lines() == [#"{"n": 1}"#])
        }
    }

    private func read<Value: Decodable>(_ type: Value.Type, _ text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
