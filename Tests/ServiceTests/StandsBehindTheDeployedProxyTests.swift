// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// deploy/nginx/cordwood.conf and deploy/caddy/Caddyfile before the service, as docs/DEPLOY.md sets
/// them up.
@Suite(.enabled(if: Program.openssl != nil && Program.curl != nil, "needs openssl and curl"))
struct StandsBehindTheDeployedProxyTests {
    private static let proxies = [RealProxy.Kind.nginx, .caddy].filter { $0.program != nil }

    @Test(arguments: proxies)
    func `TLS ends in the proxy, and the client is the proxy's peer`(kind: RealProxy.Kind) throws {
        try Self.run(kind) { service, proxy, trust in
            for source in ["127.0.0.8", "127.0.0.9"] {
                let lie = ["-H", "X-Forwarded-For: 203.0.113.9"]
                let client = try service.client { body in
                    let status = try proxy.post(
                        body, from: source, trust + lie, to: "https://localhost")
                    #expect(status == "400")
                }
                #expect(client == source)
            }
            #expect(try Self.curl(proxy, "/logs", ["-4"]).status == Self.untrusted)
        }
    }

    @Test(arguments: proxies)
    func `only paths below logs pass`(kind: RealProxy.Kind) throws {
        try Self.run(kind) { service, proxy, trust in
            #expect(try service.get("/metrics").status == 200)
            for path in [
                "/metrics", "/health", "/ui", "/", "/logs/../metrics", "/logs/%2e%2e/metrics",
                "/logs/..%2fmetrics", "//metrics",
            ] {
                let arguments = trust + ["--path-as-is", "--write-out", "%{http_code}"]
                #expect(try Self.curl(proxy, path, arguments).output.suffix(3) == "404", "\(path)")
            }
            let answer = try Self.curl(proxy, "/logs/web?atomic=true", trust + ["--data", "{}"])
            #expect(answer.output == "{\"accepted\":1,\"rejected\":0}\n")
        }
    }

    @Test(arguments: proxies)
    func `a 503 and its Retry-After reach the client`(
        kind: RealProxy.Kind
    ) throws {
        try Self.run(kind, ["CORDWOOD_STREAMS_MAX_COUNT": "1"]) { service, proxy, trust in
            let arguments = trust + ["--include", "--http1.1", "--data", "{}"]
            let answer = try Self.curl(proxy, "/logs/web", arguments).output
            #expect(answer.hasPrefix("HTTP/1.1 503 "))
            #expect(answer.lowercased().contains("\r\nretry-after: 1\r\n"))
            #expect(answer.contains("too_many_streams"))
            // It was asked once: nobody tried again in the client's place.
            let refused = try service.metrics().total("cordwood_overload_total")
            #expect(refused == 1)
        }
    }

    /// A request that is sent while the service closes its connection would be a 502.
    @Test(arguments: proxies)
    func `the proxy closes an idle connection before the service does`(
        kind: RealProxy.Kind
    ) throws {
        try Self.run(kind, ["CORDWOOD_TIMEOUTS_KEEP_ALIVE": "1d"]) { service, proxy, trust in
            let before = try service.metrics().total("cordwood_connections")
            let answer = try Self.curl(proxy, "/logs", trust + ["--data", "{}"])
            #expect(answer.output == "{\"accepted\":1,\"rejected\":0}\n")
            try eventually("an end of the connection") {
                try service.metrics().total("cordwood_connections") == before
            }
        }
    }

    /// curl's exit status for a certificate of nobody that it knows.
    private static let untrusted: Int32 = 60

    private static func curl(
        _ proxy: RealProxy, _ path: String, _ arguments: [String]
    ) throws -> ChildProcess.Result {
        let url = "https://localhost:\(proxy.port)\(path)"
        return try ChildProcess(
            program: Program.curl ?? "", arguments: ["--silent"] + arguments + [url]
        ).run()
    }

    /// Runs the service on a socket and the proxy before it; passes curl's options to trust that.
    private static func run(
        _ kind: RealProxy.Kind, _ more: [String: String] = [:],
        _ body: (RunningService, RealProxy, [String]) throws -> Void
    ) throws {
        try Scratch.with { scratch in
            let certificates = try Certificates(in: scratch)
            try certificates.make("logs", for: ["localhost"])
            let socket = scratch.path + "/http.sock"
            let settings = [
                "CORDWOOD_PROXIES_TRUSTED": "unix", "CORDWOOD_PROXIES_HEADER": "x-forwarded-for",
            ]
            try RunningService.run(
                environment: settings.merging(more) { $1 },
                listeningOn: ["127.0.0.1:0", "unix:\(socket)"]
            ) { service in
                let certificate = certificates.path("logs")
                let configuration = kind == .nginx ? nginx : caddy
                try RealProxy.run(kind, { (try? configuration($0, certificate, socket)) ?? "" }) {
                    try body(service, $0, ["-4", "--cacert", certificates.authority])
                }
            }
        }
    }

    /// What stands in deploy, on a port and with a certificate of this test.
    private static func nginx(
        _ port: UInt16, _ certificate: String, _ socket: String
    ) throws -> String {
        let letsEncrypt = "/etc/letsencrypt/live/logs.example.org"
        let own = try Repository.text(of: "deploy/nginx/cordwood.conf")
            .replacingOccurrences(of: "listen 443 ssl;", with: "listen 127.0.0.1:\(port) ssl;")
            .replacingOccurrences(of: "    listen [::]:443 ssl;\n", with: "")
            .replacingOccurrences(of: "\(letsEncrypt)/fullchain.pem", with: certificate + ".pem")
            .replacingOccurrences(of: "\(letsEncrypt)/privkey.pem", with: certificate + ".key")
            .replacingOccurrences(of: "/run/cordwood/http.sock", with: socket)
        return RealProxy.nginx(http: own)
    }

    /// The same; nothing is asked of an authority, and nothing changed in whom the machine trusts.
    private static func caddy(
        _ port: UInt16, _ certificate: String, _ socket: String
    ) throws -> String {
        let site = """
            https://localhost:\(port) {
            \tbind 127.0.0.1
            \ttls \(certificate).pem \(certificate).key
            """
        let own = try Repository.text(of: "deploy/caddy/Caddyfile")
            .replacingOccurrences(of: "logs.example.org {", with: site)
            .replacingOccurrences(of: "/run/cordwood/http.sock", with: socket)
        return """
            {
            \tadmin off
            \tauto_https disable_redirects
            \tskip_install_trust
            }
            \(own)
            """
    }
}
