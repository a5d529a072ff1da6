// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// nginx and HAProxy in front, curl before them: the client is whom curl is, however it lies.
@Suite(
    .enabled(
        if: Program.nginx != nil && Program.haproxy != nil && Program.curl != nil,
        "needs nginx, haproxy and curl"))
struct StandsBehindProxiesTests {
    private static func settings(_ more: [String: String]) -> [String: String] {
        ["CORDWOOD_PROXIES_TRUSTED": "127.0.0.2,127.0.0.3", "CORDWOOD_WORKERS": "1"]
            .merging(more) { $1 }
    }

    private static let lies = [
        "-H", "X-Forwarded-For: 203.0.113.9, 127.0.0.2", "-H", "Forwarded: for=203.0.113.9",
    ]

    @Test func `nginx adds the client to X-Forwarded-For`() throws {
        let settings = Self.settings(["CORDWOOD_PROXIES_HEADER": "x-forwarded-for"])
        try RunningService.run(environment: settings) { service in
            try RealProxy.run(.nginx, { Self.nginx($0, to: service.port) }) { nginx in
                try Self.expectTheClient(of: nginx, by: service)
            }
        }
    }

    @Test func `nginx can write Forwarded`() throws {
        let settings = Self.settings(["CORDWOOD_PROXIES_HEADER": "forwarded"])
        try RunningService.run(environment: settings) { service in
            try RealProxy.run(.nginx, { Self.nginx($0, to: service.port) }) { nginx in
                try Self.expectTheClient(of: nginx, by: service)
            }
        }
    }

    @Test func `nginx passes a connection on by the PROXY protocol`() throws {
        let settings = Self.settings(["CORDWOOD_PROXIES_PROTOCOL": "required"])
        try RunningService.run(environment: settings) { service in
            try RealProxy.run(.nginx, { Self.stream($0, to: service.port) }) { nginx in
                try Self.expectTheClient(of: nginx, by: service)
            }
        }
    }

    @Test(arguments: ["send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c"])
    func `HAProxy passes a connection on by the PROXY protocol`(option: String) throws {
        let settings = Self.settings(["CORDWOOD_PROXIES_PROTOCOL": "required"])
        try RunningService.run(environment: settings) { service in
            let target = "127.0.0.1:\(service.port)"
            let configuration = { Self.haproxy($0, to: target, "mode tcp", option) }
            try RealProxy.run(.haproxy, configuration) { haproxy in
                try Self.expectTheClient(of: haproxy, by: service)
                // A check speaks for itself, and is no mistake.
                let refused = try service.metrics().total("cordwood_connections_refused_total")
                #expect(refused == 0)
            }
        }
    }

    @Test(.enabled(if: Program.openssl != nil, "needs openssl"))
    func `TLS follows the header, and passes HAProxy untouched`() throws {
        let settings = Self.settings(["CORDWOOD_PROXIES_PROTOCOL": "required"])
        try RunningService.runSecurely(environment: settings) { service, certificates in
            let target = "127.0.0.2:\(try service.securePort())"
            let configuration = { Self.haproxy($0, to: target, "mode tcp", "send-proxy-v2") }
            try RealProxy.run(.haproxy, configuration) { haproxy in
                let trust = ["-4", "--cacert", certificates.authority]
                for source in ["127.0.0.8", "127.0.0.9"] {
                    let client = try service.client { body in
                        let status = try haproxy.post(
                            body, from: source, trust, to: "https://localhost")
                        #expect(status == "400")
                    }
                    #expect(client == source)
                }
            }
        }
    }

    @Test func `two proxies, one after the other, are skipped`() throws {
        let settings = Self.settings(["CORDWOOD_PROXIES_HEADER": "x-forwarded-for"])
        try RunningService.run(environment: settings) { service in
            try RealProxy.run(.nginx, { Self.nginx($0, to: service.port) }) { nginx in
                let mode = "mode http\n  option forwardfor"
                let configuration = { Self.haproxy($0, to: "127.0.0.1:\(nginx.port)", mode, "") }
                try RealProxy.run(.haproxy, configuration) { haproxy in
                    try Self.expectTheClient(of: haproxy, by: service)
                }
            }
        }
    }

    @Test func `curl begins with a header of the PROXY protocol`() throws {
        let settings = Self.settings(["CORDWOOD_PROXIES_PROTOCOL": "required"])
        try RunningService.run(environment: settings) { service in
            let client = try service.client { body in
                let status = try RealProxy.post(
                    body, to: "http://127.0.0.1:\(service.port)", from: "127.0.0.2",
                    ["--haproxy-protocol"])
                #expect(status == "400")
            }
            #expect(client == "127.0.0.2")
        }
    }

    private static func expectTheClient(of proxy: RealProxy, by service: RunningService) throws {
        for source in ["127.0.0.8", "127.0.0.9"] {
            for arguments in [[], lies] {
                let client = try service.client { body in
                    let status = try proxy.post(body, from: source, arguments)
                    #expect(status == "400")
                }
                #expect(client == source)
            }
        }
        // Who goes past the proxy is who it is.
        let client = try service.client { body in
            let server = "http://127.0.0.1:\(service.port)"
            _ = try RealProxy.post(body, to: server, from: "127.0.0.7", lies)
        }
        #expect(client == "127.0.0.7")
    }

    /// A proxy for requests, whose connections come from 127.0.0.2.
    private static func nginx(_ port: UInt16, to service: UInt16) -> String {
        RealProxy.nginx(
            http: """
                upstream cordwood { server 127.0.0.1:\(service); keepalive 8; }
                server {
                  listen 127.0.0.1:\(port);
                  location / {
                    proxy_pass http://cordwood;
                    proxy_bind 127.0.0.2;
                    proxy_http_version 1.1;
                    proxy_set_header Connection "";
                    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                    proxy_set_header Forwarded "$http_forwarded, for=$remote_addr;proto=$scheme";
                  }
                }
                """)
    }

    /// A proxy for connections.
    private static func stream(_ port: UInt16, to service: UInt16) -> String {
        """
        load_module /usr/lib/nginx/modules/ngx_stream_module.so;
        daemon off; master_process off; pid nginx.pid;
        events { worker_connections 64; }
        stream {
          server {
            listen 127.0.0.1:\(port);
            proxy_pass 127.0.0.1:\(service);
            proxy_bind 127.0.0.2;
            proxy_protocol on;
          }
        }

        """
    }

    private static func haproxy(
        _ port: UInt16, to target: String, _ mode: String, _ option: String
    ) -> String {
        """
        global
          maxconn 64
        defaults
          \(mode)
          timeout connect 5s
          timeout client 20s
          timeout server 20s
        listen cordwood
          bind 127.0.0.1:\(port)
          server cordwood \(target) source 127.0.0.3 \(option) check inter 200ms

        """
    }
}
