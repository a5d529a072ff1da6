// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Certificates that are renewed while the service runs.
@Suite(.enabled(if: Program.openssl != nil, "needs openssl"))
struct RenewsCertificatesTests {
    @Test
    func `a certificate that changes on the disk is read automatically`() throws {
        try RunningService.runSecurely { service, certificates in
            let first = try serial(service)
            try certificates.make("server", for: ["localhost"])
            try eventually("the new certificate", within: 30) { try serial(service) != first }
            #expect(service.times(.secretsChanged) > 0)
            let metrics = try service.metrics()
            #expect(metrics.total("cordwood_last_reload_successful") == 1)
        }
    }

    /// As certbot does it, and Kubernetes.
    @Test
    func `it is read when a link to it points elsewhere`() throws {
        try Scratch.with { scratch in
            let certificates = try Certificates(in: scratch)
            try certificates.make("one", for: ["localhost"])
            try certificates.make("two", for: ["localhost"])
            try link(certificates, to: "one")
            try RunningService.run(environment: certificates.settings(["data/live"])) { service in
                #expect(try service.sClient([]).contains("subject=CN = one\n"))
                try link(certificates, to: "two")
                try eventually("the new certificate", within: 30) {
                    try service.sClient([]).contains("subject=CN = two\n")
                }
            }
        }
    }

    @Test
    func `with a wrong certificate the old one stays, until it is fixed`() throws {
        try RunningService.runSecurely { service, certificates in
            let file = URL(fileURLWithPath: certificates.path("server.pem"))
            let good = try Data(contentsOf: file)
            let first = try serial(service)
            try Data("nonsense\n".utf8).write(to: file, options: .atomic)
            try service.wait(for: .reloadMistake, with: "server.pem")
            try service.wait(for: .reloadFailed)
            #expect(try serial(service) == first)
            #expect(try service.health().reasons.map(\.code) == ["reload_failed"])
            // Not again each second.
            let failures = try service.health().configuration.failedReloads
            #expect(failures == 1)
            try good.write(to: file, options: .atomic)
            try eventually("all is well", within: 30) {
                try service.health().reasons.isEmpty
            }
            #expect(try serial(service) == first)
        }
    }

    @Test
    func `a renewal leaves the configuration as it is`() throws {
        try Scratch.with { scratch in
            let certificates = try Certificates(in: scratch)
            try certificates.make("server", for: ["localhost"])
            let configuration = configuration(with: certificates)
            try RunningService.run(configuration: configuration) { service in
                let first = try serial(service)
                // What is written here is for the next HUP, however wrong it is.
                try service.configure("nonsense: 1\n")
                try certificates.make("server", for: ["localhost"])
                try eventually("the new certificate", within: 30) { try serial(service) != first }
                try service.failToReload()
            }
        }
    }

    @Test
    func `a renewal does not hide that the configuration of a HUP is not served`() throws {
        try Scratch.with { scratch in
            let certificates = try Certificates(in: scratch)
            try certificates.make("server", for: ["localhost"])
            let configuration = configuration(with: certificates)
            try RunningService.run(configuration: configuration) { service in
                let first = try serial(service)
                try service.configure("nonsense: 1\n" + configuration)
                try service.failToReload()
                try certificates.make("server", for: ["localhost"])
                try eventually("the new certificate", within: 30) { try serial(service) != first }
                try service.wait(for: .reloadStillFailed)
                #expect(try service.health().reasons.map(\.code) == ["reload_failed"])
                try service.configure(configuration)
                try service.reload()
                #expect(try service.health().reasons.isEmpty)
            }
        }
    }

    private func configuration(with certificates: Certificates) -> String {
        """
        listen: 127.0.0.1:0
        tls:
          listen: 127.0.0.2:0
          certificates: \(certificates.path("server.pem"))
          keys: \(certificates.path("server.key"))

        """
    }

    private func link(_ certificates: Certificates, to target: String) throws {
        let directory = certificates.directory
        let version = directory.appendingPathComponent("data-\(target)")
        try FileManager.default.createDirectory(at: version, withIntermediateDirectories: true)
        for ending in ["pem", "key"] {
            try FileManager.default.copyItem(
                atPath: certificates.path("\(target).\(ending)"),
                toPath: version.appendingPathComponent("live.\(ending)").path)
        }
        let new = directory.appendingPathComponent("data-new").path
        try FileManager.default.createSymbolicLink(
            atPath: new, withDestinationPath: version.path)
        #expect(rename(new, certificates.path("data")) == 0)
    }

    private func serial(_ service: RunningService) throws -> String {
        let text = try service.sClient([])
        let path = service.directory.deletingLastPathComponent()
            .appendingPathComponent("shown-\(UUID().uuidString).pem").path
        let lines = text.components(separatedBy: "\n")
        let start = try #require(lines.firstIndex { $0.contains("BEGIN CERTIFICATE") })
        let end = try #require(lines.firstIndex { $0.contains("END CERTIFICATE") })
        try Data(lines[start...end].joined(separator: "\n").utf8)
            .write(to: URL(fileURLWithPath: path))
        return try ChildProcess(
            program: Program.openssl ?? "openssl",
            arguments: ["x509", "-in", path, "-noout", "-serial"]
        ).output()
    }
}
