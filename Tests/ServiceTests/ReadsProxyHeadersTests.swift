// SPDX-License-Identifier: Apache-2.0

import Testing

/// The PROXY protocol: trusted proxies say once whose connection it is.
struct ReadsProxyHeadersTests {
    private static let settings = [
        "CORDWOOD_PROXIES_TRUSTED": "127.0.0.2", "CORDWOOD_PROXIES_PROTOCOL": "required",
        "CORDWOOD_WORKERS": "1", "CORDWOOD_LOG_LEVEL": "debug",
    ]

    private static let line = Array("PROXY TCP4 192.0.2.1 127.0.0.1 4711 80\r\n".utf8)
    private static let signature = Array("\r\n\r\n\0\r\nQUIT\n".utf8)
    private static let binary: [UInt8] =
        signature + [0x21, 0x21, 0, 43, 0x20, 1, 0xd, 0xb8] + [UInt8](repeating: 0, count: 11) + [9]
        + [UInt8](repeating: 0, count: 20) + [4, 0, 4, 1, 2, 3, 4]

    @Test(arguments: [
        (line, "192.0.2.1"), (binary, "2001:db8::9"),
        (Array("PROXY UNKNOWN\r\n".utf8), "127.0.0.2"),
        (signature + [0x20, 0, 0, 0], "127.0.0.2"),
    ])
    func `the header names the client`(header: [UInt8], expected: String) throws {
        try RunningService.run(environment: Self.settings) { service in
            let whole = try service.client(from: "127.0.0.2", after: header)
            #expect(whole == expected)
            // Byte by byte, and cut where the request begins.
            let bytes = header.map { [$0] }
            for pieces in [bytes, [header], [Array(header.dropLast()), header.suffix(1)]] {
                let client = try service.client { body in
                    let connection = try service.connect(from: "127.0.0.2")
                    for piece in pieces { try connection.send(piece) }
                    for _ in 0..<2 {
                        try connection.send(Request.unusable(body))
                        _ = try connection.response()
                    }
                }
                #expect(client == expected)
            }
            #expect(try Self.refusedCount(service) == 0)
        }
    }

    @Test(arguments: [
        Request.post("{}"), Array("PROXY TCP4 192.0.2.1 127.0.0.1 1\r\n".utf8),
        Array("PROXY UNKNOWN \(String(repeating: "x", count: 200))".utf8),
        [0x16, 3, 1, 0, 200, 1], signature + [0x21, 0x11, 0xff, 0xff], signature + [0x31],
    ])
    func `anything else ends the connection without an answer`(bytes: [UInt8]) throws {
        try RunningService.run(environment: Self.settings) { service in
            let connection = try service.connect(from: "127.0.0.2")
            try connection.send(bytes)
            #expect(try connection.hasEnded())
            #expect(try Self.refusedCount(service) == 1)
            try eventually("a line about it") {
                service.times(.connectionRefused, with: "PROXY protocol") > 0
            }
            #expect(try service.lines().isEmpty)
        }
    }

    @Test func `half a header is waited for only a limited time`() throws {
        let settings = Self.settings.merging(["CORDWOOD_TIMEOUTS_HEADER": "1s"]) { $1 }
        try RunningService.run(environment: settings) { service in
            let connections = try (0..<3).map { _ in try service.connect(from: "127.0.0.2") }
            try connections[0].send(Array(Self.line.dropLast()))
            try connections[1].send(Array(Self.binary.dropLast()))
            for connection in connections { #expect(try connection.hasEnded()) }
            #expect(try Self.refusedCount(service) == 3)
            let cut = try service.connect(from: "127.0.0.2")
            try cut.send(Array(Self.line.dropLast()))
            cut.closeSending()
            #expect(try cut.hasEnded())
            #expect(try Self.refusedCount(service) == 4)
            // One that is opened and closed asks whether there is somebody, which is no mistake.
            let silent = try service.connect(from: "127.0.0.2")
            silent.closeSending()
            #expect(try silent.hasEnded())
            #expect(try Self.refusedCount(service) == 4)
        }
    }

    @Test func `from unknown peers it is a malformed request`() throws {
        try RunningService.run(environment: Self.settings) { service in
            let connection = try service.connect(from: "127.0.0.3")
            try connection.send(Self.line + Request.post("{}"))
            #expect(try connection.response()?.status == 400)
            let client = try service.client(from: "127.0.0.3")
            #expect(client == "127.0.0.3")
            #expect(try Self.refusedCount(service) == 0)
        }
    }

    @Test func `the limit of connections is the client's`() throws {
        let limit = ["CORDWOOD_LIMITS_CONNECTIONS_PER_ADDRESS": "1"]
        try RunningService.run(environment: Self.settings.merging(limit) { $1 }) { service in
            var held: [Connection] = []
            for (client, status) in [("1", 200), ("2", 200), ("1", 503), ("3", 200)] {
                let connection = try service.connect(from: "127.0.0.2")
                try connection.send(
                    "PROXY TCP4 192.0.2.\(client) 127.0.0.1 4711 80\r\n" + "POST /logs HTTP/1.1\r\n"
                        + "Host: a\r\nContent-Length: 2\r\n\r\n{}")
                #expect(try connection.response()?.status == status)
                held.append(connection)
            }
        }
    }

    @Test func `a proxy whose connection is passed on may name clients of its own`() throws {
        let field = ["CORDWOOD_PROXIES_HEADER": "x-forwarded-for"]
        try RunningService.run(environment: Self.settings.merging(field) { $1 }) { service in
            let fields = ["X-Forwarded-For: 203.0.113.9"]
            let proxy = Array("PROXY TCP4 127.0.0.2 127.0.0.1 4711 80\r\n".utf8)
            let proxied = try service.client(from: "127.0.0.2", after: proxy, fields)
            #expect(proxied == "203.0.113.9")
            let direct = try service.client(from: "127.0.0.2", after: Self.line, fields)
            #expect(direct == "192.0.2.1")
        }
    }

    private static func refusedCount(_ service: RunningService) throws -> Double? {
        try service.metrics().samples[
            "cordwood_connections_refused_total{reason=\"proxy_header\"}"]
    }
}
