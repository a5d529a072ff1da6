// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(.enabled(if: Program.openssl != nil, "needs openssl"))
struct ReportsItsCertificatesTests {
    @Test
    func `health and metrics say when certificates expire, and how handshakes went`() throws {
        try Scratch.with { scratch in
            let certificates = try Certificates(in: scratch)
            try certificates.make("server", for: ["localhost", "*.wood.test"])
            try certificates.make("second", for: ["second.test"])
            try RunningService.run(environment: certificates.settings(["server", "second"])) {
                service in
                let shown = try service.health().certificates
                #expect(shown.map(\.subject) == ["CN=server", "CN=second"])
                #expect(shown[0].file == certificates.path("server.pem"))
                #expect(shown[0].names == ["localhost", "*.wood.test"])
                #expect((29...30).contains(shown[0].daysLeft))
                #expect(shown[0].notAfter.hasSuffix("Z"))
                _ = try service.sClient([])
                _ = try service.sClient(["-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"])
                let samples = try service.metrics().samples
                let results = ["full", "resumed", "failed"].map {
                    samples["cordwood_tls_handshakes_total{result=\"\($0)\"}"]
                }
                #expect(results == [1, 0, 1])
                let path = certificates.path("second.pem")
                let end = try #require(
                    samples["cordwood_certificate_not_after_timestamp_seconds{file=\"\(path)\"}"])
                let days = (end - Date().timeIntervalSince1970) / 86_400
                #expect((29...30).contains(days))
            }
        }
    }

    @Test(arguments: [
        ("old", -9, -2, "certificate_invalid"), ("ending", -90, 3, "certificate_expiring"),
    ])
    func `an expired certificate degrades`(
        file: String, from: Int, until: Int, reason: String
    ) throws {
        try Scratch.with { scratch in
            let certificates = try Certificates(in: scratch)
            try certificates.make(file, for: ["localhost"], days: from...until)
            try RunningService.run(environment: certificates.settings([file])) { service in
                let health = try service.health()
                #expect(health.status == "degraded")
                #expect(health.reasons.map(\.code) == [reason])
                #expect(try service.get("/readyz").status == 200)
            }
        }
    }
}
