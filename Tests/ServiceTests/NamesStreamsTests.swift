// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

struct NamesStreamsTests {
    @Test(arguments: [
        "shop", "0", "a.b-c_d", "web-01", "a.rejected.x", String(repeating: "a", count: 64),
    ])
    func `a stream has a file of its own name`(name: String) throws {
        try RunningService.run { service in
            let answer = try service.post("/logs/\(name)", #"{"a":1}"#)
            #expect(answer.status == 200)
            #expect(try service.lines(of: name) == [#"{"a":1}"#])
            #expect(try service.lines() == [])
        }
    }

    @Test(arguments: [
        "..", ".", ".hidden", "a..b", "%2e%2e", "..%2f..%2fetc%2fpasswd", "../../etc/passwd",
        "a/../b", "App", "a%62", "a b", "-a", "_a", "a\\b", "shop.rejected", "ä",
        String(repeating: "a", count: 65), "a%00",
    ])
    func `a name that could mean anything else is rejected and makes no file`(
        name: String
    ) throws {
        try RunningService.run { service in
            let before = try names(around: service)
            let answer = try service.post("/logs/\(name)", #"{"a":1}"#)
            #expect([400, 404].contains(answer.status))
            #expect(try !answer.failure.message.isEmpty)
            #expect(try names(around: service) == before)
        }
    }

    @Test
    func `a stream that is not allowed is 403`() throws {
        let environment = ["CORDWOOD_STREAMS_ALLOW": "app,web-*"]
        try RunningService.run(environment: environment) { service in
            #expect(try service.post("/logs/web-1", #"{"a":1}"#).status == 200)
            #expect(try service.post("/logs/app", #"{"a":1}"#).status == 200)
            let answer = try service.post("/logs/shop", #"{"a":1}"#)
            #expect(answer.status == 403)
            #expect(try answer.failure.code == "stream_not_allowed")
            #expect(try service.files(of: "shop") == [])
        }
    }

    @Test
    func `more streams than stay open lose nothing`() throws {
        try RunningService.run(
            ["--workers", "1"], environment: ["CORDWOOD_STREAMS_MAX_OPEN": "3"]
        ) { service in
            let connection = try service.connect()
            var requests: [UInt8] = []
            for number in 0..<200 {
                requests += Request.post("{\"n\":\(number)}", to: "/logs/s\(number % 20)")
            }
            try connection.send(requests)
            for _ in 0..<200 { #expect(try connection.response()?.status == 200) }
            for stream in 0..<20 {
                let expected = stride(from: stream, to: 200, by: 20).map { "{\"n\":\($0)}" }
                #expect(try service.lines(of: "s\(stream)") == expected)
            }
        }
    }

    /// Every file in the logs' directory and in the one above it.
    private func names(around service: RunningService) throws -> Set<String> {
        let above = service.directory.deletingLastPathComponent().path
        return Set(try FileManager.default.subpathsOfDirectory(atPath: above))
    }
}
