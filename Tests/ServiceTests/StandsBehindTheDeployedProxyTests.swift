import Foundation
import Testing

/// deploy/nginx/cordwood.conf before the service, as docs/DEPLOY.md sets both up.
@Suite(
    .enabled(
        if: Program.nginx != nil && Program.openssl != nil && Program.curl != nil,
        "needs nginx, openssl and curl"))
struct StandsBehindTheDeployedProxyTests {
    @Test func `TLS ends in nginx, the client is known, and only records pass`() throws {
        try Scratch.with { scratch in
            let certificates = try Certificates(in: scratch)
            try certificates.make("logs", for: ["localhost"])
            let socket = scratch.path + "/http.sock"
            let settings = [
                "CORDWOOD_PROXIES_TRUSTED": "unix", "CORDWOOD_PROXIES_HEADER": "x-forwarded-for",
            ]
            try RunningService.run(
                environment: settings, listeningOn: ["127.0.0.1:0", "unix:\(socket)"]
            ) { service in
                let configuration = { port in
                    try Self.configuration(port, scratch.appendingPathComponent("logs"), socket)
                }
                try RealProxy.run(.nginx, { (try? configuration($0)) ?? "" }) { nginx in
                    let trust = ["-4", "--cacert", certificates.authority]
                    for source in ["127.0.0.8", "127.0.0.9"] {
                        let lie = ["-H", "X-Forwarded-For: 203.0.113.9"]
                        let client = try service.client { body in
                            let status = try nginx.post(
                                body, from: source, trust + lie, to: "https://localhost")
                            #expect(status == "400")
                        }
                        #expect(client == source)
                    }
                    for path in ["metrics", "health", "ui"] {
                        let arguments = ["--silent", "https://localhost:\(nginx.port)/\(path)"]
                        let answer = try ChildProcess(
                            program: Program.curl ?? "", arguments: trust + arguments
                        ).output()
                        #expect(answer.contains("404 Not Found"))
                    }
                }
            }
        }
    }

    /// What stands in deploy, on a port and with a certificate of this test.
    private static func configuration(
        _ port: UInt16, _ certificate: URL, _ socket: String
    ) throws -> String {
        let letsEncrypt = "/etc/letsencrypt/live/logs.example.org"
        let own = try Repository.text(of: "deploy/nginx/cordwood.conf")
            .replacingOccurrences(of: "listen 443 ssl;", with: "listen 127.0.0.1:\(port) ssl;")
            .replacingOccurrences(of: "    listen [::]:443 ssl;\n", with: "")
            .replacingOccurrences(
                of: "\(letsEncrypt)/fullchain.pem", with: certificate.path + ".pem"
            )
            .replacingOccurrences(of: "\(letsEncrypt)/privkey.pem", with: certificate.path + ".key")
            .replacingOccurrences(of: "/run/cordwood/http.sock", with: socket)
        return """
            daemon off; master_process off; pid nginx.pid;
            events { worker_connections 64; }
            http {
              access_log off;
              client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
              uwsgi_temp_path uwsgi; scgi_temp_path scgi;
              \(own)
            }

            """
    }
}
