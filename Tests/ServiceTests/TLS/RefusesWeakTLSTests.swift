// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Rejected versions and options of TLS, as `openssl s_client` meets them.
@Suite(.enabled(if: Program.openssl != nil, "needs openssl"))
struct RefusesWeakTLSTests {
    @Test(arguments: [
        (["-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"], "alert protocol version"),
        (["-tls1", "-cipher", "DEFAULT:@SECLEVEL=0"], "alert protocol version"),
        // Without forward secrecy, without authenticated encryption.
        (["-tls1_2", "-cipher", "AES256-GCM-SHA384"], "alert handshake failure"),
        (["-tls1_2", "-cipher", "ECDHE-ECDSA-AES256-SHA384"], "alert handshake failure"),
        (["-alpn", "h2"], "alert no application protocol"),
        (["-alpn", "h2,http/1.0"], "alert no application protocol"),
    ])
    func `a client without a common version gets an alert`(
        arguments: [String], alert: String
    ) throws {
        try RunningService.runSecurely(["--log-level", "debug"]) { service, _ in
            #expect(try service.sClient(arguments).contains(alert))
            try service.wait(for: .handshakeFailed)
        }
    }

    @Test(arguments: [
        ("1.2", "-tls1_2", true), ("1.2", "-tls1_3", true), ("1.3", "-tls1_2", false),
        ("1.3", "-tls1_3", true),
    ])
    func `the oldest version is configured`(
        least: String, version: String, isSpoken: Bool
    ) throws {
        let environment = ["CORDWOOD_TLS_MIN_VERSION": least]
        try RunningService.runSecurely(environment: environment) { service, _ in
            let text = try service.sClient([version])
            #expect(text.contains("Cipher is (NONE)") != isSpoken)
        }
    }

    @Test(arguments: [
        ([], "No ALPN negotiated"), (["-alpn", "http/1.1"], "ALPN protocol: http/1.1"),
        (["-alpn", "h2,http/1.1"], "ALPN protocol: http/1.1"),
    ])
    func `HTTP_1_1 is chosen from the offered protocols`(
        arguments: [String], answer: String
    ) throws {
        try RunningService.runSecurely { service, _ in
            let text = try service.sClient(arguments)
            #expect(text.contains(answer))
        }
    }

    @Test
    func `a client cannot renegotiate, and nothing is compressed`() throws {
        try RunningService.runSecurely { service, _ in
            let text = try service.sClient(["-tls1_2"], input: "R\n")
            #expect(text.contains("Secure Renegotiation IS supported"))
            #expect(text.contains("RENEGOTIATING") && text.contains("no renegotiation"))
            #expect(text.contains("Compression: NONE"))
        }
    }

    @Test
    func `plain HTTP is answered to use https`() throws {
        try RunningService.runSecurely(["--log-level", "debug"]) { service, _ in
            let curl = ChildProcess(
                program: try #require(Program.curl),
                arguments: ["-sS", "-d", "{}", "http://127.0.0.2:\(try service.securePort())/logs"])
            #expect(try curl.output().contains("tls_required"))
            try service.wait(for: .handshakeFailed, with: "this is HTTP without TLS")
            #expect(try service.lines() == [])
        }
    }

    @Test(arguments: ["", "\u{16}\u{03}\u{01}\u{02}", "SSH-2.0-x\r\n"])
    func `a handshake that does not end has the timeout of a head`(beginning: String) throws {
        let environment = ["CORDWOOD_TIMEOUTS_HEADER": "1s", "CORDWOOD_WORKERS": "1"]
        try RunningService.runSecurely(environment: environment) { service, certificates in
            let silent = try Connection(port: service.securePort(), host: 0x7F00_0002)
            if !beginning.isEmpty { try silent.send(beginning) }
            // The one worker does not wait for it.
            let result = try service.curl(
                "/logs", trusting: certificates.authority, ["-d", #"{"a":1}"#])
            #expect(result.output == #"{"accepted":1,"rejected":0}"# + "\n")
            try silent.waitForEnd()
        }
    }
}
