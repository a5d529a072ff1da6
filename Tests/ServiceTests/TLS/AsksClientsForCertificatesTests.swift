// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@Suite(
    .enabled(if: Program.curl != nil && Program.openssl != nil, "needs curl and openssl"))
struct AsksClientsForCertificatesTests {
    /// What a client shows, and what the log says where it is refused.
    struct Client: Sendable, CustomTestStringConvertible {
        let certificate: String?
        let refusal: String?
        var testDescription: String { certificate ?? "none" }
    }

    static let bad = [
        Client(certificate: "expired", refusal: "certificate has expired"),
        Client(certificate: "future", refusal: "certificate is not yet valid"),
        Client(certificate: "stranger", refusal: "unable to get local issuer certificate"),
        Client(certificate: "alone", refusal: "self-signed certificate"),
    ]

    @Test(
        arguments: ["optional", "required"],
        bad + [
            Client(certificate: "shipper", refusal: nil),
            Client(certificate: nil, refusal: "peer did not return a certificate"),
        ])
    func `a client is admitted by its certificate`(mode: String, client: Client) throws {
        try run(mode) { service, certificates in
            let shown = client.certificate.map {
                ["--cert", certificates.path("\($0).pem"), "--key", certificates.path("\($0).key")]
            }
            let result = try service.curl(
                "/nowhere", trusting: certificates.authority, (shown ?? []))
            let isOptional = client.certificate == nil && mode == "optional"
            guard let refusal = client.refusal, !isOptional else {
                #expect(result.output.contains("no_such_path"))
                let subject = #""subject":"CN=shipper,O=Wood""#
                try service.wait(for: .requestFailed)
                let isNamed = service.times(.requestFailed, with: subject) > 0
                #expect(isNamed == (client.certificate != nil))
                return
            }
            #expect(result.status != 0 && result.output.isEmpty)
            #expect(result.errors.contains("alert"))
            try service.wait(for: .handshakeFailed, with: refusal)
        }
    }

    @Test
    func `a client that is not asked for a certificate need not have a good one`() throws {
        try run(nil) { service, certificates in
            let shown = [
                "--cert", certificates.path("expired.pem"), "--key",
                certificates.path("expired.key"),
            ]
            let result = try service.curl("/livez", trusting: certificates.authority, shown)
            #expect(result.output == "ok\n")
        }
    }

    @Test
    func `a session that was begun by other rules is not resumed`() throws {
        try Scratch.with { scratch in
            let certificates = try Certificates(in: scratch)
            try certificates.make("server", for: ["localhost"])
            let tls = """
                tls:
                  listen: 127.0.0.2:0
                  certificates: \(certificates.path("server.pem"))
                  keys: \(certificates.path("server.key"))

                """
            let plain = "listen: 127.0.0.1:0\n" + tls
            try RunningService.run(configuration: plain) { service in
                let session = certificates.path("session")
                let request = "GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                _ = try service.sClient(["-ign_eof", "-sess_out", session], input: request)
                #expect(try service.sClient(["-sess_in", session]).contains("Reused, TLS"))
                let asking =
                    "  client_auth: optional\n  client_ca: \(certificates.authority)\n"
                try service.configure(plain + asking)
                try service.reload()
                #expect(try service.sClient(["-sess_in", session]).contains("New, TLS"))
            }
        }
    }

    private func run(
        _ mode: String?, _ body: (RunningService, Certificates) throws -> Void
    ) throws {
        try Scratch.with { scratch in
            let certificates = try Certificates(in: scratch)
            try certificates.make("server", for: ["localhost"])
            try certificates.make("shipper", subject: "/O=Wood/CN=shipper")
            try certificates.make("expired", days: -9 ... -2)
            try certificates.make("future", days: 2...9)
            let strangers = try Certificates(in: scratch, "strange")
            try strangers.make("stranger")
            try certificates.run([
                "req", "-x509", "-subj", "/CN=alone", "-nodes", "-newkey", "ec", "-pkeyopt",
                "ec_paramgen_curve:P-256", "-keyout", certificates.path("alone.key"), "-out",
                certificates.path("alone.pem"),
            ])
            var settings = certificates.settings(["server"])
            if let mode {
                settings["CORDWOOD_TLS_CLIENT_AUTH"] = mode
                settings["CORDWOOD_TLS_CLIENT_CA"] = certificates.authority
            }
            try RunningService.run(["--log-level", "debug"], environment: settings) {
                try body($0, certificates)
            }
        }
    }
}
