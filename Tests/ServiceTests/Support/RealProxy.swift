// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A proxy that people have in front of services, on a port of its own.
struct RealProxy {
    let port: UInt16
    private(set) var processID: pid_t = 0

    enum Kind: Sendable {
        case nginx, haproxy, caddy

        var program: String? {
            switch self {
            case .nginx: Program.nginx
            case .haproxy: Program.haproxy
            case .caddy: Program.caddy
            }
        }

        fileprivate func arguments(_ configuration: String, _ directory: String) -> [String] {
            switch self {
            case .nginx: ["-p", directory, "-e", "stderr", "-c", configuration]
            case .haproxy: ["-db", "-f", configuration]
            case .caddy: ["run", "--adapter", "caddyfile", "--config", configuration]
            }
        }
    }

    /// Runs one with the configuration that is made for its port.
    static func run<Result>(
        _ kind: Kind, _ configuration: (UInt16) -> String, _ body: (RealProxy) throws -> Result
    ) throws -> Result {
        try Scratch.with { scratch in
            var proxy = RealProxy(port: try FreePort.find())
            let file = scratch.appendingPathComponent("proxy.conf")
            try Data(configuration(proxy.port).utf8).write(to: file)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: kind.program ?? "")
            process.arguments = kind.arguments(file.path, scratch.path)
            // Caddy keeps what it has in directories of its user.
            process.environment = ChildProcess.inherited.merging([
                "HOME": scratch.path, "XDG_CONFIG_HOME": scratch.path,
                "XDG_DATA_HOME": scratch.path,
            ]) { $1 }
            process.standardOutput = FileHandle.nullDevice
            let errors = scratch.appendingPathComponent("stderr")
            try Data().write(to: errors)
            process.standardError = try FileHandle(forWritingTo: errors)
            try process.runUnblocked()
            proxy.processID = process.processIdentifier
            defer {
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
            }
            try eventually("\(kind) listens") {
                guard process.isRunning else {
                    let said = try String(contentsOf: errors, encoding: .utf8)
                    throw ChildProcess.Failure(description: "\(kind) has ended: \(said)")
                }
                return (try? Connection(port: proxy.port)) != nil
            }
            return try body(proxy)
        }
    }

    /// A configuration of nginx with `http` in its block, for one process that leaves nothing
    /// outside of its directory.
    static func nginx(http: String) -> String {
        """
        daemon off; master_process off; pid nginx.pid;
        events { worker_connections 64; }
        http {
          access_log off;
          client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi; scgi_temp_path scgi;
          \(http)
        }

        """
    }

    /// Posts by curl, from an address of its own; returns the status.
    @discardableResult
    func post(
        _ body: String, from source: String, _ arguments: [String] = [],
        to server: String = "http://127.0.0.1"
    ) throws -> String {
        try Self.post(body, to: "\(server):\(port)", from: source, arguments)
    }

    static func post(
        _ body: String, to server: String, from source: String, _ arguments: [String] = []
    ) throws -> String {
        try ChildProcess(
            program: Program.curl ?? "curl",
            arguments: [
                "--silent", "--show-error", "--max-time", "20", "--interface", source,
                "--output", "/dev/null", "--write-out", "%{http_code}",
                "-H", "Content-Type: application/json", "--data-binary", "@-",
            ] + arguments + ["\(server)/logs"], input: Data(body.utf8)
        ).output()
    }
}
