// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import CordwoodConfiguration

@Suite struct ConfigurationValueTests {
    @Test(
        arguments: [
            ("127.0.0.1:8080", "127.0.0.1:8080"), ("[::1]:8080", "[::1]:8080"),
            (":8080", "0.0.0.0:8080"), ("0.0.0.0:0", "0.0.0.0:0"), ("[::]:65535", "[::]:65535"),
            ("*:8080", "*:8080"), ("unix:/run/c.sock", "unix:/run/c.sock"),
            ("unix:a:1", "unix:a:1"), ("unix:", nil), ("UNIX:/a", nil), ("[*]:80", nil),
            ("*", nil), ("*:", nil), ("**:80", nil),
            (
                "unix:/" + String(repeating: "x", count: 106),
                "unix:/" + String(repeating: "x", count: 106)
            ),
            ("unix:/" + String(repeating: "x", count: 107), nil),
            ("8080", "127.0.0.1:8080"),
            ("localhost:80", "127.0.0.1:80"), ("65536", nil),
            ("", nil), ("localhost", nil), ("localhost:", nil),
            ("127.0.0.1", nil), ("127.0.0.1:", nil),
            ("127.0.0.1:65536", nil), ("127.0.0.1:-1", nil), ("127.0.0.1:+1", nil),
            ("::1:8080", nil),
            ("[::1]", nil), ("[::1:8080", nil), ("[127.0.0.1]:80", nil), ("[localhost]:80", nil),
            ("300.0.0.1:80", nil), ("127.0.0.1:80 ", nil), ("[::g]:80", nil), ("a\0:80", nil),
        ] as [(String, String?)])
    func `an address is in digits and has a port, or is a path`(text: String, expected: String?) {
        #expect(ListenAddress(text)?.description == expected)
    }

    @Test(arguments: [
        ("*", true), ("https://shop.example", true), ("http://localhost:3000", true),
        ("http://127.0.0.1:5173", true), ("http://[::1]:5173", true), ("https://[::1]", true),
        ("capacitor://localhost", true), ("chrome-extension://abcdefghijklmnop", true),
        ("https://a.example:444", true), ("http://a.example:443", true), ("a1+b-c.d://x", true),
        ("http://a:65535", true), ("http://a_b.example", true),
        ("", false), ("null", false), ("shop.example", false), ("//shop.example", false),
        ("https:shop.example", false), ("https:/shop.example", false), ("https://", false),
        ("https://shop.example/", false), ("https://shop.example/a", false),
        ("https://Shop.example", false), ("HTTPS://shop.example", false), ("1a://b", false),
        ("https://*.example", false), ("https://a:b", false), ("https://a:", false),
        ("https://a:443", false), ("http://a:80", false), ("wss://a:443", false),
        ("http://a:65536", false), ("http://a:080", false), ("http://a:0", false),
        ("http://a:123456", false), ("https://u@a", false), ("https://[::1", false),
        ("https://[]", false), ("https://[::1]a", false), ("https://[::G]", false),
        ("https://a?b", false), ("https://a#b", false), ("https://ä.example", false),
        ("https://a\r\nX: y", false), ("https://a b", false), ("**", false), ("://a", false),
    ])
    func `an origin is as a browser writes it`(text: String, isRight: Bool) {
        let origin = AllowedOrigin(text)
        #expect((origin != nil) == isRight)
        if let origin { #expect(origin.description == text) }
    }

    @Test(arguments: [
        ("workers", "1", true), ("workers", "512", true), ("workers", "auto", true),
        ("workers", "0", true), ("workers", "513", false), ("workers", "-1", false),
        ("workers", "1_0", false), ("workers", "two", false), ("rotation.utc", "yes", true),
        ("rotation.utc", "False", true), ("rotation.utc", "1", true), ("rotation.utc", "2", false),
        ("rotation.when", "w6", true), ("rotation.when", "W7", false),
        ("rotation.interval", "0", false), ("rotation.at_time", "", true),
        ("rotation.at_time", "23:59:59", true), ("rotation.at_time", "24:00", false),
        ("rotation.timezone", "America/New_York", true), ("rotation.timezone", "", true),
        ("rotation.timezone", "../../etc/passwd", false), ("rotation.timezone", "Mars", false),
        ("rotation.backup_count", "0", true), ("rotation.max_age", "0", true),
        ("rotation.max_age", "36500d", true), ("rotation.max_age", "36501d", false),
        ("compression.level", "9", true), ("compression.level", "10", false),
        ("limits.body_bytes", "1GiB", true), ("limits.body_bytes", "1023", false),
        ("timeouts.drain", "1s", true), ("timeouts.drain", "0s", false),
        ("timeouts.stop_delay", "0s", true), ("timeouts.stop_delay", "61m", false),
        ("timeouts.watchdog", "2s", true), ("timeouts.watchdog", "1s", false),
        ("recycle.requests", "0", true), ("recycle.requests", "-1", false),
        ("recycle.memory", "0", true), ("recycle.memory", "1MiB", true),
        ("recycle.memory", "1KiB", false), ("limits.requests_in_flight", "0", false),
        ("limits.buffered_bytes", "63KiB", false), ("user", "www-data", true),
        ("user", "33", true), ("user", "", true), ("user", "a b", false), ("group", "a:b", false),
        ("pid_file", "", true), ("pid_file", "a\0b", false),
        ("files.socket_mode", "0666", true),
        ("files.socket_mode", "0440", false),
        ("disk.min_free", "auto", true), ("disk.min_free", "5%", false),
        ("files.mode", "0640", true), ("files.mode", "600", true), ("files.mode", "0o600", true),
        ("files.mode", "0440", false), ("files.mode", "1777", false), ("files.mode", "0890", false),
        ("files.mode", "-600", false), ("files.directory_mode", "0600", false),
        ("log.level", "trace", true), ("log.level", "fatal", false), ("directory", "", false),
        ("streams.default", "a..b", false), ("streams.default", "A", false),
        ("streams.allow", "web-*", true), ("streams.allow", "web/*", false),
        ("streams.allow", "", false),
    ])
    func `a value is allowed or not`(key: String, text: String, isAllowed: Bool) throws {
        let setting = try #require(Settings.named(key))
        var configuration = Configuration()
        let wasAllowed = (try? setting.assign([text], &configuration)) != nil
        #expect(wasAllowed == isAllowed)
    }

    @Test(
        arguments: [
            ("max 100000\n", nil), ("200000 100000\n", 2), ("150000 100000\n", 2),
            ("50000 100000\n", 1), ("", nil), ("100000", nil), ("0 0\n", nil), ("a b\n", nil),
        ] as [(String, Int?)])
    func `a control group's quota is a number of processors, rounded up`(
        text: String, expected: Int?
    ) {
        #expect(ProcessorCount.quota(of: text) == expected)
    }

    @Test(
        arguments: [
            (nil, 1 << 30, 64 << 20), (nil, 100 << 30, 1 << 30), (0, 1 << 40, 0),
            (5, 1 << 40, 5),
        ] as [(Int?, Int, Int)])
    func `the space to be kept free is a choice or follows from the disk`(
        chosen: Int?, total: Int, expected: Int
    ) {
        var disk = Configuration.Disk()
        disk.minFreeByteCount = chosen
        #expect(disk.minFree(ofTotal: total) == expected)
    }
}
