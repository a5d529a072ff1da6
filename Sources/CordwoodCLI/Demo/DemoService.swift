// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import Glibc
import Inspection
import Linux
import SystemPackage

/// A service that this process has started, on a free port.
final class DemoService {
    private let process: pid_t
    private var isOver = false
    /// `http://127.0.0.1:PORT`.
    let url: String

    private init(process: pid_t, url: String) {
        self.process = process
        self.url = url
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Starts the service and waits until it serves.
    ///
    /// - Parameter directory: where it writes.
    static func start(in directory: String) throws(Failure) -> DemoService {
        let process: pid_t
        do {
            process = try program(directory).spawnCompanion()
        } catch {
            throw Failure(description: "cannot start the service: \(error)")
        }
        let master = RunningMaster(process: process)
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            if let summary = master.summary, summary.state == .serving,
                let url = summary.listening.first
            {
                return DemoService(process: process, url: url)
            }
            guard (try? ChildProcess.reap()) ?? nil == nil else { break }
            usleep(20_000)
        }
        ChildProcess.signal(process, SIGKILL)
        throw Failure(description: "the service did not start")
    }

    /// The settings of the user's own service do not count, and its supervisor hears nothing.
    private static func program(_ directory: String) -> Program {
        let environment = ConfigurationInputs.processEnvironment()
            .filter { name, _ in
                ![Setting.environmentPrefix, "NOTIFY_", "WATCHDOG_", "LISTEN_"]
                    .contains { name.hasPrefix($0) }
            }
        let path = (try? SymbolicLink.target(of: "/proc/self/exe")) ?? "/proc/self/exe"
        return Program(
            path: path,
            arguments: [
                path, "serve", "--no-config", "--listen", "127.0.0.1:0", "--directory", directory,
                "--workers", "2", "--when", "M", "--backup-count", "0", "--log-level", "warning",
            ],
            environment: environment.map { "\($0.key)=\($0.value)" } + [
                "\(Setting.environmentPrefix)UI_ENABLED=true"
            ])
    }

    /// Whether it has ended.
    var hasEnded: Bool {
        if !isOver { isOver = (try? ChildProcess.reap()) ?? nil != nil }
        return isOver
    }

    /// Stops it, and waits until it has ended.
    func stop() {
        if hasEnded { return }
        ChildProcess.signal(process, SIGTERM)
        let deadline = ContinuousClock.now + .seconds(20)
        while !hasEnded {
            usleep(20_000)
            if ContinuousClock.now > deadline { ChildProcess.signal(process, SIGKILL) }
        }
    }
}
