// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import Testing

@testable import Inspection

@Suite struct HealthTargetTests {
    @Test(
        arguments: [
            ("http://localhost", "http://localhost:80/readyz"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080/readyz"),
            ("HTTP://127.0.0.1:8080/", "http://127.0.0.1:8080/"),
            ("http://[::1]:8080/livez", "http://[::1]:8080/livez"),
            ("http://[::1]", "http://[::1]:80/readyz"),
            ("http://a/b:c", "http://a:80/b:c"),
            ("unix:/run/c.sock", "unix:/run/c.sock"), ("unix:", nil), ("", nil),
            ("localhost:8080", nil),
            ("https://localhost", "https://localhost:443/readyz"),
            ("HTTPS://[::1]:8443/x", "https://[::1]:8443/x"),
            ("http://", nil), ("https://", nil), ("http://:80", nil), ("http://a:0", nil),
            ("http://a:65536", nil), ("http://a:", nil), ("http://[::1", nil),
            ("http://[::1]80", nil),
            ("http://a b/", nil), ("http://a/\r\nX: y", nil),
        ] as [(String, String?)])
    func `a URL is http or https`(url: String, expected: String?) {
        #expect(HealthTarget(url: url)?.description == expected)
    }

    @Test(arguments: [
        ("0.0.0.0:1", "http://127.0.0.1:1/readyz"), ("[::]:2", "http://[::1]:2/readyz"),
        ("10.0.0.1:3", "http://10.0.0.1:3/readyz"),
        ("*:4", "http://127.0.0.1:4/readyz"), ("unix:c.sock", "unix:c.sock"),
    ])
    func `a service on every address is asked on the loopback`(listen: String, url: String) throws {
        let endpoint = try #require(ListenAddress(listen))
        #expect(HealthTarget(listeningOn: endpoint).description == url)
    }
}
