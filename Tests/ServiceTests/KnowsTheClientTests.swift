// SPDX-License-Identifier: Apache-2.0

import Testing

/// The client is found in a header field of trusted proxies, never of other peers.
struct KnowsTheClientTests {
    private static let settings = [
        "CORDWOOD_PROXIES_TRUSTED": "127.0.0.2,127.0.0.128/25,unix",
        "CORDWOOD_PROXIES_HEADER": "x-forwarded-for", "CORDWOOD_WORKERS": "1",
        "CORDWOOD_LOG_LEVEL": "debug",
    ]

    @Test(arguments: [
        ("127.0.0.2", ["X-Forwarded-For: 192.0.2.1"], "192.0.2.1"),
        ("127.0.0.200", ["X-Forwarded-For: 2001:db8::1, 127.0.0.2"], "2001:db8::1"),
        ("127.0.0.2", ["X-Forwarded-For: 203.0.113.9, 192.0.2.1, 127.0.0.129"], "192.0.2.1"),
        ("127.0.0.2", ["X-Forwarded-For: 192.0.2.1", "X-Forwarded-For: nonsense"], "127.0.0.2"),
        ("127.0.0.2", [], "127.0.0.2"),
        ("127.0.0.2", ["Forwarded: for=192.0.2.1"], "127.0.0.2"),
        // Strangers may say what they will.
        ("127.0.0.3", ["X-Forwarded-For: 192.0.2.1"], "127.0.0.3"),
        ("127.0.0.1", ["X-Forwarded-For: 127.0.0.2, 127.0.0.2"], "127.0.0.1"),
    ])
    func `a proxy names its client`(
        source: String, headers: [String], expected: String
    ) throws {
        try RunningService.run(environment: Self.settings) { service in
            let client = try service.client(from: source, headers)
            #expect(client == expected)
        }
    }

    @Test func `peers of a Unix socket may be proxies`() throws {
        try Scratch.with { scratch in
            let path = scratch.path + "/c.sock"
            let addresses = ["127.0.0.1:0", "unix:\(path)"]
            try RunningService.run(environment: Self.settings, listeningOn: addresses) { service in
                for (headers, expected) in [
                    (["X-Forwarded-For: 192.0.2.1"], "192.0.2.1"), ([], "unix"),
                ] {
                    let client = try service.client { body in
                        let connection = try Connection(path: path)
                        try connection.send(Request.unusable(body, headers))
                        _ = try connection.response()
                    }
                    #expect(client == expected)
                }
            }
        }
    }

    @Test func `each request of a connection has its own client, in the log as well`() throws {
        try RunningService.run(environment: Self.settings) { service in
            let connection = try service.connect(from: "127.0.0.2")
            let clients = ["192.0.2.1", "192.0.2.2", "127.0.0.2"]
            // At once, so that they share a turn, and with bodies that come later.
            var requests: [UInt8] = []
            for client in clients {
                let field = client.hasPrefix("127") ? [] : ["X-Forwarded-For: \(client)"]
                requests += Request.bytes("GET", "/nowhere", field)
            }
            try connection.send(requests)
            for _ in clients { #expect(try connection.response()?.status == 404) }
            for client in clients {
                try eventually("a line of \(client)") {
                    service.said.contains("\"peer\":\"\(client)\"")
                        || service.said.contains("peer=\(client)")
                }
            }
            for client in clients.dropLast() {
                let found = try service.client { body in
                    let whole = Request.unusable(body, ["X-Forwarded-For: \(client)"])
                    try connection.send(Array(whole.dropLast(3)))
                    try connection.send(Array(whole.suffix(3)))
                    _ = try connection.response()
                }
                #expect(found == client)
            }
            // Of a request that is refused before it is whole only the proxy is known.
            let before = service.times("127.0.0.2")
            try connection.send("GET / HTTP/1.1\r\nX-Forwarded-For: 192.0.2.3\r\nX : y\r\n\r\n")
            #expect(try connection.response()?.status == 400)
            try eventually("a line of the proxy") { service.times("127.0.0.2") > before }
            #expect(service.times("192.0.2.3") == 0)
        }
    }

    @Test func `by Forwarded, if that is configured`() throws {
        var settings = Self.settings
        settings["CORDWOOD_PROXIES_HEADER"] = "forwarded"
        try RunningService.run(environment: settings) { service in
            let fields = [
                "X-Forwarded-For: 203.0.113.9", "Forwarded: for=\"[2001:db8::1]:80\";proto=https",
            ]
            let proxied = try service.client(from: "127.0.0.2", fields)
            #expect(proxied == "2001:db8::1")
            let direct = try service.client(from: "127.0.0.3", fields)
            #expect(direct == "127.0.0.3")
        }
    }
}
