import Foundation

/// A proxy that people have in front of services, on a port of its own.
struct RealProxy {
    let port: UInt16

    enum Kind: Sendable {
        case nginx, haproxy

        var program: String? {
            switch self {
            case .nginx: Program.nginx
            case .haproxy: Program.haproxy
            }
        }

        fileprivate func arguments(_ configuration: String, _ directory: String) -> [String] {
            switch self {
            case .nginx: ["-p", directory, "-e", "stderr", "-c", configuration]
            case .haproxy: ["-db", "-f", configuration]
            }
        }
    }

    /// Runs one with the configuration that is made for its port.
    static func run<Result>(
        _ kind: Kind, _ configuration: (UInt16) -> String, _ body: (RealProxy) throws -> Result
    ) throws -> Result {
        try Scratch.with { scratch in
            let proxy = RealProxy(port: try FreePort.find())
            let file = scratch.appendingPathComponent("proxy.conf")
            try Data(configuration(proxy.port).utf8).write(to: file)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: kind.program ?? "")
            process.arguments = kind.arguments(file.path, scratch.path)
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.runUnblocked()
            defer {
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
            }
            try eventually("\(kind) listens") { (try? Connection(port: proxy.port)) != nil }
            return try body(proxy)
        }
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
