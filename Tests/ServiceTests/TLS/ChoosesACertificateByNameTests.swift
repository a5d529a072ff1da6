// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(.enabled(if: Program.openssl != nil, "needs openssl"))
struct ChoosesACertificateByNameTests {
    @Test(arguments: [
        (["-servername", "two.test"], "two"),
        (["-servername", "TWO.test"], "two"),
        (["-servername", "any.star.test"], "star"),
        (["-servername", "own.star.test"], "one"),
        (["-servername", "a.b.star.test"], "one"),
        (["-servername", "elsewhere.test"], "one"),
        (["-noservername"], "one"),
    ])
    func `the name that a client asks for chooses the certificate`(
        arguments: [String], certificate: String
    ) throws {
        try Scratch.with { scratch in
            let certificates = try Certificates(in: scratch)
            try certificates.make("one", for: ["one.test", "own.star.test"])
            try certificates.make("two", for: ["two.test"])
            try certificates.make("star", for: ["*.star.test"])
            let settings = certificates.settings(["one", "two", "star"])
            try RunningService.run(environment: settings) { service in
                let text = try service.sClient(arguments)
                #expect(text.contains("subject=CN = \(certificate)\n"))
            }
        }
    }

    @Test(.enabled(if: Program.curl != nil, "needs curl"))
    func `the chain is sent, and the key may be in the same file`() throws {
        try Scratch.with { scratch in
            let certificates = try Certificates(in: scratch)
            try certificates.make("server", for: ["localhost"])
            let files = ["server.key", "server.pem", "wood-ca.pem"].map(certificates.path)
            let all = try files.map { try String(contentsOfFile: $0, encoding: .utf8) }.joined()
            try Data(all.utf8).write(to: scratch.appendingPathComponent("all.pem"))
            let settings = [
                "CORDWOOD_TLS_LISTEN": "127.0.0.2:0",
                "CORDWOOD_TLS_CERTIFICATES": certificates.path("all.pem"),
            ]
            try RunningService.run(environment: settings) { service in
                let text = try service.sClient(["-showcerts"])
                #expect(text.components(separatedBy: "BEGIN CERTIFICATE").count == 3)
                let result = try service.curl("/livez", trusting: certificates.authority)
                #expect(result.output == "ok\n")
            }
        }
    }
}
