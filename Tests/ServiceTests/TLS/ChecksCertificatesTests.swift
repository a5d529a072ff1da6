// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What `cordwood check` says of certificates and keys, and `cordwood serve` with it.
@Suite(.enabled(if: Program.openssl != nil, "needs openssl"))
struct ChecksCertificatesTests {
    static let mistakes = [
        ("missing", "missing", "missing.pem cannot be read: No such file or directory"),
        ("server", "missing", "missing.key cannot be read: No such file or directory"),
        ("nonsense", "server", "nonsense.pem holds no certificate in PEM"),
        ("server", "nonsense", "nonsense.key holds no private key in PEM"),
        ("torn", "server", "torn.pem is refused by OpenSSL: "),
        ("server", "other", "other.key is not that of the first certificate in "),
        ("server", "encrypted", "encrypted.key holds an encrypted private key"),
        ("weak", "weak", "weak.pem is refused by OpenSSL: ee key too small"),
    ]

    @Test(arguments: mistakes, ["check", "serve"])
    func `a file that cannot be used is named with its fault`(
        mistake: (certificate: String, key: String, sentence: String), command: String
    ) throws {
        try withCertificates { certificates in
            let result = try run(command, certificates, [mistake.certificate], [mistake.key])
            #expect(result.status == 78)
            #expect(result.errors.contains(mistake.sentence))
            #expect(!result.errors.contains("PRIVATE") || mistake.key == "nonsense")
        }
    }

    @Test
    func `every file that is wrong is named at once`() throws {
        try withCertificates { certificates in
            let result = try run(
                "check", certificates, ["missing", "server", "torn"], ["server", "other", "weak"])
            #expect(result.status == 78 && result.output.isEmpty)
            #expect(result.errors.split(separator: "\n").count == 3)
            let source = "cordwood: CORDWOOD_TLS_CERTIFICATES: tls.certificates: "
            #expect(result.errors.components(separatedBy: source).count == 4)
        }
    }

    @Test(arguments: [
        ("old", "expired at "), ("ending", "expires at "), ("early", "is valid from "),
    ])
    func `a certificate that has expired or is not valid yet is a warning`(
        file: String, sentence: String
    ) throws {
        try withCertificates { certificates in
            let days = ["old": -9 ... -2, "ending": -30...3, "early": 2...9]
            try certificates.make(file, for: ["localhost"], days: days[file] ?? 0...1)
            let result = try run("check", certificates, [file], [file])
            #expect(result.status == 0 && result.output.contains("certificates:"))
            #expect(result.errors.hasPrefix("cordwood: warning: the certificate in "))
            #expect(result.errors.contains(sentence))
            try RunningService.run(environment: certificates.settings([file])) { service in
                try service.wait(for: .certificateInvalid, with: sentence)
            }
        }
    }

    @Test
    func `the authority of clients is read too`() throws {
        try withCertificates { certificates in
            let environment = certificates.settings(["server"]).merging([
                "CORDWOOD_TLS_CLIENT_AUTH": "required",
                "CORDWOOD_TLS_CLIENT_CA": certificates.path("server.key"),
            ]) { $1 }
            let result = try Binary.run(["check"], environment: environment)
            #expect(result.status == 78)
            #expect(result.errors.contains("tls.client_ca: "))
            #expect(result.errors.contains("server.key holds no certificate in PEM"))
        }
    }

    private func run(
        _ command: String, _ certificates: Certificates, _ files: [String], _ keys: [String]
    ) throws -> ChildProcess.Result {
        var environment = certificates.settings(files)
        environment["CORDWOOD_TLS_KEYS"] = keys.map { certificates.path("\($0).key") }
            .joined(separator: ",")
        return try Binary.run(
            [command, "--listen", "127.0.0.1:0", "--directory", certificates.path("logs")],
            environment: environment)
    }

    private func withCertificates(_ body: (Certificates) throws -> Void) throws {
        try Scratch.with { scratch in
            let certificates = try Certificates(in: scratch)
            let good = try certificates.make("server", for: ["localhost"])
            try certificates.make("other")
            let text = try String(contentsOfFile: good, encoding: .utf8)
            let torn = text.prefix(300) + "\n-----END CERTIFICATE-----\n"
            for (file, content) in [
                ("nonsense.pem", "nonsense\n"), ("nonsense.key", "nonsense\n"), ("torn.pem", torn),
            ] {
                try Data(content.utf8).write(to: scratch.appendingPathComponent(file))
            }
            try certificates.run([
                "pkcs8", "-topk8", "-in", certificates.path("server.key"), "-passout", "pass:x",
                "-out", certificates.path("encrypted.key"),
            ])
            try certificates.run([
                "req", "-x509", "-subj", "/CN=weak", "-nodes", "-newkey", "rsa:1024", "-keyout",
                certificates.path("weak.key"), "-out", certificates.path("weak.pem"),
            ])
            try body(certificates)
        }
    }
}
