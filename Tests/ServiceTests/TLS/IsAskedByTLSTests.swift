// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `cordwood health` and `cordwood status` of a service that speaks TLS.
@Suite(.enabled(if: Program.openssl != nil, "needs openssl"))
struct IsAskedByTLSTests {
    @Test
    func `the service must prove to have the requested name`() throws {
        try RunningService.runSecurely { service, certificates in
            let url = "https://127.0.0.2:\(try service.securePort())"
            let trusting = ["--ca", certificates.authority]
            let insecure = try Binary.run(["health", url, "--insecure"])
            #expect(insecure.status == 0 && insecure.errors.isEmpty)
            for (arguments, sentence) in [
                ([], "\(url)/readyz: no TLS: unable to get local issuer certificate."),
                (trusting, "\(url)/readyz: no TLS: IP address mismatch."),
                (["--ca", "/nowhere"], "/nowhere cannot be read: No such file or directory."),
            ] {
                let result = try Binary.run(["health", url] + arguments)
                #expect(result.status == 1)
                #expect(result.errors == "cordwood: \(sentence)\n")
            }
            #expect(try Binary.run(["health", url, "--insecure"] + trusting).status == 64)
            let plain = try Binary.run(["health", "https://127.0.0.1:\(service.port)"])
            #expect(plain.status == 1 && plain.errors.contains("no TLS: "))
        }
    }

    @Test
    func `a service with only TLS is asked over TLS, as configured`() throws {
        try Scratch.with { scratch in
            let certificates = try Certificates(in: scratch)
            try certificates.make("server", for: ["localhost"])
            let port = try FreePort.find()
            let file = scratch.appendingPathComponent("tls.yaml").path
            try Data(
                """
                listen: []
                directory: \(scratch.path)/logs
                tls:
                  listen: 127.0.0.1:\(port)
                  certificates: \(certificates.path("server.pem"))
                  keys: \(certificates.path("server.key"))

                """.utf8
            ).write(to: URL(fileURLWithPath: file))
            let service = Process()
            service.executableURL = URL(fileURLWithPath: Program.cordwood)
            service.arguments = ["serve", "--config", file]
            service.standardError = FileHandle.nullDevice
            try service.runUnblocked()
            defer {
                kill(-service.processIdentifier, SIGKILL)
                kill(service.processIdentifier, SIGKILL)
                service.waitUntilExit()
            }
            try eventually("it is healthy") {
                try Binary.run(["health", "--config", file]).status == 0
            }
            let trusting = ["--ca", certificates.authority]
            let url = "https://localhost:\(port)"
            #expect(try Binary.run(["health", url] + trusting).status == 0)
            let status = try Binary.run(["status", url] + trusting)
            #expect(status.status == 0)
            #expect(status.output.contains(url))
        }
    }
}
