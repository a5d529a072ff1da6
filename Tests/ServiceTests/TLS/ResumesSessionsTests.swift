// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(.enabled(if: Program.openssl != nil, "needs openssl"))
struct ResumesSessionsTests {
    private static let request = "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"

    @Test(arguments: ["-tls1_2", "-tls1_3"])
    func `a session is resumed on any worker, and after a reload`(version: String) throws {
        try RunningService.runSecurely(["--workers", "3"]) { service, certificates in
            let session = certificates.path("session")
            _ = try service.sClient(
                [version, "-ign_eof", "-sess_out", session], input: Self.request)
            for attempt in 0..<9 {
                if attempt == 6 { try service.reload() }
                let text = try service.sClient([version, "-sess_in", session])
                #expect(text.contains("Reused, TLS"), "attempt \(attempt)")
            }
        }
    }
}
