// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Foundation
import Testing

/// A `cordwood serve` on a port and in a directory of its own.
final class RunningService {
    /// Where its logs are.
    let directory: URL
    private(set) var port: UInt16 = 0
    private let process = Process()
    private let diagnostics: URL
    private let configuration: URL

    /// Starts the service, waits until it is ready, and has it killed when `body` is done.
    ///
    /// - Parameters:
    ///   - arguments: flags on top of those for the address and the directory.
    ///   - environment: settings as `CORDWOOD_…`.
    ///   - launcher: a program, with its arguments, that becomes the service in the same process.
    ///   - addresses: where to listen; without any, `port` is that of an inherited socket.
    ///   - directory: where the logs are, if not in a directory that goes away.
    ///   - configuration: the YAML file, which says what to listen on; see `configure`.
    ///   - program: a copy of the program, or a link to it.
    ///   - starting: called before it is waited for readiness.
    static func run<Result>(
        _ arguments: [String] = [], environment: [String: String] = [:],
        through launcher: [String] = [], listeningOn addresses: [String] = ["127.0.0.1:0"],
        port: UInt16 = 0, in directory: URL? = nil, configuration: String? = nil,
        program: String = Program.cordwood,
        starting: (RunningService) throws -> Void = { _ in },
        _ body: (RunningService) throws -> Result
    ) throws -> Result {
        try Scratch.with { scratch in
            let listen = configuration == nil ? addresses.flatMap { ["--listen", $0] } : []
            let service = try RunningService(
                launcher + [program, "serve"], listen + arguments, environment,
                directory ?? scratch.appendingPathComponent("logs"), configuration, scratch)
            service.port = port
            defer { service.kill() }
            do {
                try starting(service)
                try service.waitUntilReady()
                return try body(service)
            } catch {
                // What the service said is the first thing one wants to know.
                Issue.record("the service said:\n\(service.said)")
                throw error
            }
        }
    }

    private init(
        _ command: [String], _ arguments: [String], _ environment: [String: String],
        _ directory: URL, _ text: String?, _ scratch: URL
    ) throws {
        self.directory = directory
        configuration = scratch.appendingPathComponent("cordwood.yaml")
        diagnostics = scratch.appendingPathComponent("stderr")
        try Data().write(to: diagnostics)
        let source = text == nil ? [] : ["--config", configuration.path]
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments =
            command.dropFirst() + source + ["--directory", directory.path] + arguments
        if let text { try configure(text) }
        process.environment = ChildProcess.inherited.merging(environment) { $1 }
        process.currentDirectoryURL = scratch
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = try FileHandle(forWritingTo: diagnostics)
        try process.runUnblocked()
    }

    /// The setting with which lines of text stand in the file as `{"message":…}` and nothing else.
    static let unstamped = ["CORDWOOD_STAMP_TEXT_FIELDS": "none"]

    /// What it has written to stderr.
    var said: String {
        String(decoding: (try? Data(contentsOf: diagnostics)) ?? Data(), as: UTF8.self)
    }

    private func waitUntilReady() throws {
        port = try eventually("the address in the diagnostic log") {
            guard process.isRunning else {
                throw ChildProcess.Failure(description: "the service has ended at its start")
            }
            // What waits for a client before it starts the service gets one.
            if port != 0 { _ = try? connect() }
            return portOfListener(at: "http://127.0.0.1:")
        }
        try eventually("readiness") { try get("/readyz").status == 200 }
        // One worker is enough for that; the tests want to find them all, and known to the master.
        try wait(for: .ready)
    }

    var configurationPath: String { configuration.path }

    /// Writes the configuration file that the next reload reads.
    func configure(_ text: String) throws {
        try Data(text.utf8).write(to: configuration, options: .atomic)
    }

    /// Waits until its log has `count` lines about `event` that contain `part`.
    func wait(for event: DiagnosticEvent, with part: String = "", count: Int = 1) throws {
        try eventually("\(count) × \(event.rawValue) \(part)", within: 30) {
            times(event, with: part) >= count
        }
    }

    /// The number of lines about `event` in its log so far that contain `part`.
    func times(_ event: DiagnosticEvent, with part: String = "") -> Int {
        lines(about: event).count { part.isEmpty || $0.contains(part) }
    }

    /// The lines about `event` in its log so far, as text or as JSON.
    func lines(about event: DiagnosticEvent) -> [Substring] {
        let name = event.rawValue
        return said.split(separator: "\n").filter { line in
            line.contains(#""event":"\#(name)""#) || line.contains(" event=\(name) ")
                || line.hasSuffix(" event=\(name)")
        }
    }

    /// The port of a listener whose URL begins with `name`; nil as long as it is not open.
    func portOfListener(at name: String) -> UInt16? {
        for line in lines(about: .listening) {
            guard let found = line.firstRange(of: name) else { continue }
            return UInt16(line[found.upperBound...].prefix { $0.isNumber })
        }
        return nil
    }

    /// How often it has said this.
    func times(_ text: String) -> Int { said.components(separatedBy: text).count - 1 }

    /// Sends `signal` and waits until its log has one more line about `event`.
    func signal(_ signal: Int32, until event: DiagnosticEvent) throws {
        let before = times(event)
        self.signal(signal)
        try eventually("one more \(event.rawValue)", within: 60) { times(event) > before }
    }

    func reload() throws { try signal(SIGHUP, until: .reloaded) }
    func failToReload() throws { try signal(SIGHUP, until: .reloadFailed) }
    func upgrade() throws { try signal(SIGUSR2, until: .ready) }

    // MARK: Its processes

    var master: pid_t { process.processIdentifier }
    var isRunning: Bool { process.isRunning }

    /// The workers' process ids, in the order of their places; 0 where one is being replaced.
    func workers() throws -> [pid_t] {
        try health().workers.filter { $0.state != "absent" }.map(\.pid)
    }

    /// Every child of the master, the sealer among them.
    func children() throws -> [pid_t] {
        let path = "/proc/\(master)/task/\(master)/children"
        let list = try String(contentsOfFile: path, encoding: .utf8)
        return list.split(separator: " ").compactMap { pid_t($0) }
    }

    func signal(_ signal: Int32) { _ = Glibc.kill(master, signal) }

    /// Waits until no rotated file is left that could be compressed.
    func waitUntilSealed() throws {
        try eventually("all rotated files are compressed") {
            try files().allSatisfy {
                $0.pathExtension == "gz" || $0.lastPathComponent == "app.log"
            }
        }
    }

    /// Asks it to stop, and waits for its end; returns the exit code, or minus the signal that it
    /// died of.
    @discardableResult
    func stop(_ signal: Int32 = SIGTERM, within seconds: Double = 20) throws -> Int32 {
        self.signal(signal)
        return try waitForEnd(within: seconds)
    }

    func waitForEnd(within seconds: Double = 20) throws -> Int32 {
        try eventually("the end of the service", within: seconds) { !process.isRunning }
        let isExit = process.terminationReason == .exit
        return isExit ? process.terminationStatus : -process.terminationStatus
    }

    /// Kills the master, and nobody else.
    func killMaster() throws {
        signal(SIGKILL)
        // `Process` waits for all who hold the descriptors that it gave the master.
        try eventually("the end of the master") { !isAlive(master) }
    }

    /// Children may have outlived their master: they are of its process group.
    private func kill() {
        let group = process.processIdentifier
        _ = Glibc.kill(-group, SIGKILL)
        if process.isRunning { _ = Glibc.kill(group, SIGKILL) }
        process.waitUntilExit()
    }
}

/// Whether a process runs; one that has ended and that nobody has waited for does not.
func isAlive(_ process: pid_t) -> Bool {
    guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        let end = stat.lastIndex(of: ")")
    else { return false }
    return !stat[end...].dropFirst(2).hasPrefix("Z")
}

/// Whether SIGSTOP holds a process.
func isStopped(_ process: pid_t) -> Bool {
    let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
    return status?.contains("\nState:\tT") ?? false
}
