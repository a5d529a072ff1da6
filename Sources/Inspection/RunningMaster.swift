// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Monitoring

/// The master of a running service, on this machine.
package struct RunningMaster: Equatable {
    package let process: pid_t

    package init(process: pid_t) { self.process = process }

    /// All that this process can see, in the order of their ids.
    package static func all() -> [RunningMaster] {
        let names = (try? Directory.names(in: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.sorted().map(RunningMaster.init)
            .filter { $0.hasTitle && $0.isInThisNamespace }
    }

    /// Whether it is in the PID namespace of this process, and not in a container; true where the
    /// system does not tell.
    private var isInThisNamespace: Bool {
        guard let own = try? SymbolicLink.target(of: "/proc/self/ns/pid"),
            let other = try? SymbolicLink.target(of: "/proc/\(process)/ns/pid")
        else { return true }
        return own == other
    }

    /// Whether the process exists; a process that has ended and that its parent has not waited for
    /// does not.
    package var isAlive: Bool {
        guard let state = stat?.first else { return false }
        return state != "Z" && state != "X"
    }

    /// Whether it is a master: it says so in its title, or in a summary of its own.
    package var isMaster: Bool { hasTitle || summary?.process == process }

    private var hasTitle: Bool {
        let line = (try? Descriptor.contents(of: "/proc/\(process)/cmdline")) ?? ""
        return line.prefix { $0 != "\0" } == "cordwood: master"
    }

    /// Nil if it shows none, such as a service of version 0.1, or if this process may not read it.
    package var summary: ServiceSummary? {
        PublishedText.read(named: ServiceSummary.name, of: process).flatMap(ServiceSummary.init)
    }

    /// The unit of systemd whose main process it may be, such as `cordwood.service`; nil if there
    /// is none.
    ///
    /// Only systemd knows whether it is, because the process itself may say anything.
    package var unit: SystemdUnit? {
        // The parent is the first process. A service that a terminal or cron has started has none
        // that it could report to.
        guard summary?.isSupervised == true, stat?.dropFirst().first == "1",
            let groups = try? Descriptor.contents(of: "/proc/\(process)/cgroup")
        else { return nil }
        let names = groups.split(whereSeparator: \.isNewline)
            .compactMap { $0.split(separator: "/").last }
        return names.lazy.compactMap(SystemdUnit.init).first
    }

    /// The state and the parent's id, and the rest of /proc/PID/stat.
    private var stat: [Substring]? {
        guard let text = try? Descriptor.contents(of: "/proc/\(process)/stat"),
            let end = text.lastIndex(of: ")")
        else { return nil }
        return text[text.index(after: end)...].split(separator: " ")
    }
}

extension RunningMaster {
    /// Why no master was found.
    package enum Failure: Error, Equatable, CustomStringConvertible {
        case none
        /// The only service has another configuration.
        case other(RunningMaster)
        case several([RunningMaster])
        case notMaster(pid_t)
        case deadInFile(String, pid_t)

        package var description: String {
            switch self {
            case .none:
                "no running service was found: start it, or run this command as the same user or as root"
            case .other(let master):
                "the only service that was found has another configuration: choose it with --pid: "
                    + master.line
            case .several(let masters):
                "several services run: choose one with --pid: "
                    + masters.map(\.line).joined(separator: ", ")
            case .notMaster(let process): "process \(process) is not the master of a service"
            case .deadInFile(let path, let process):
                "\(path) names process \(process), which is not the master of a service: the service is not running, or has another pid_file"
            }
        }
    }

    private var line: String {
        let place = summary.map { $0.configuration.isEmpty ? $0.directory : $0.configuration }
        return "\(process)" + (place.map { " (\($0))" } ?? "")
    }

    /// Finds the master of the service that a configuration describes.
    ///
    /// - Parameters:
    ///   - process: the id that the caller knows; nil for none.
    ///   - pidFile: the configured `pid_file`; empty for none.
    ///   - configuration: the file of the configuration; nil for none.
    ///   - directory: the configured directory.
    package static func find(
        _ process: pid_t?, pidFile: String, configuration: String?, directory: String
    ) throws(Failure) -> RunningMaster {
        if let process {
            let master = RunningMaster(process: process)
            guard master.isMaster else { throw .notMaster(process) }
            return master
        }
        if !pidFile.isEmpty, let text = try? Descriptor.contents(of: pidFile, atMost: 4096),
            let process = pid_t(text.prefix { $0.isNumber })
        {
            let master = RunningMaster(process: process)
            let isOther = master.summary.map { !$0.serves(configuration, directory) } ?? false
            guard master.isMaster, !isOther else { throw .deadInFile(pidFile, process) }
            return master
        }
        return try choose(all(), configuration: configuration, directory: directory)
    }

    /// Chooses the service with this file; if no file is named, the only one, or that with this
    /// directory.
    static func choose(
        _ masters: [RunningMaster], configuration: String?, directory: String
    ) throws(Failure) -> RunningMaster {
        guard let first = masters.first else { throw .none }
        if configuration == nil, masters.count == 1 { return first }
        let fits = masters.filter { $0.summary?.serves(configuration, directory) ?? false }
        guard fits.count == 1, let only = fits.first else {
            throw masters.count == 1 ? .other(first) : .several(masters)
        }
        return only
    }
}

extension ServiceSummary {
    /// Whether the service has this configuration, or this directory if no file is named.
    fileprivate func serves(_ file: String?, _ directory: String) -> Bool {
        func same(_ left: String, _ right: String) -> Bool {
            let paths = [left, Program.absolute(right)]
            let real = paths.map { try? SymbolicLink.resolve($0) }
            return paths[0] == paths[1] || (real[0] != nil && real[0] == real[1])
        }
        guard let file else { return same(self.directory, directory) }
        return same(configuration, file)
    }

    /// Reads the text of a summary; nil if it is not whole.
    package init?(_ text: String) {
        guard let value = JSONValue(text.utf8), let version = value["version"]?.string,
            let startedAt = value["started_at"]?.integer,
            let process = value["process"]?.integer.flatMap(Int32.init(exactly:)),
            let begun = value["reloads_begun"]?.integer, begun < Int.max,
            let ended = value["reloads_ended"]?.integer,
            let failed = value["failed_upgrades"]?.integer
        else { return nil }
        self.init(
            process: process, version: version, startedAt: Int64(startedAt),
            configuration: value["configuration"]?.string ?? "")
        directory = value["directory"]?.string ?? ""
        listening = value["listening"]?.items.compactMap(\.string) ?? []
        state = value["state"]?.string.flatMap(State.init) ?? .starting
        reloadsBegun = begun
        reloadsEnded = ended
        reloadMistakes = value["reload_mistakes"]?.items.compactMap(\.string) ?? []
        failedUpgrades = failed
        upgradeMistake = value["upgrade_mistake"]?.string ?? ""
        isSupervised = value["supervised"] == .bool(true)
    }
}
