// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import HTTP
import Linux
import Logging
import Prefork
import SystemPackage

/// A configuration that is served, or about to be, and its open sockets and files.
final class Generation {
    let number: Int
    let settings: Configuration
    let storage: Storage
    let listeners: BoundListeners
    /// The user and the groups of the children; nil for those of the master.
    let credentials: Credentials?
    var secrets: Secrets
    let log: Logger
    private var pidFile: PIDFile?

    /// Opens everything that `settings` ask for; if that fails, nothing stays open.
    ///
    /// - Parameters:
    ///   - open: the sockets that are already open, to be reused.
    ///   - previous: the earlier generation, whose clients can resume their TLS sessions.
    init(
        _ number: Int, _ settings: Configuration, reusing open: [BoundListener],
        after previous: Generation? = nil
    ) throws(StartError) {
        self.number = number
        self.settings = settings
        log = DiagnosticLog.logger("master", settings)
        do {
            credentials = try Credentials.named(user: settings.user, group: settings.group)
        } catch {
            throw .credentials(error)
        }
        // Before anything is created that only another user could use.
        if let credentials, !credentials.isPermitted { throw .credentials(.notPermitted) }
        secrets = try Secrets(settings, previous?.secrets.tickets, log)
        storage = try Storage(settings, owner: credentials)
        listeners = try BoundListeners(settings, owner: credentials, reusing: open)
    }

    /// The descriptors of a worker.
    var descriptors: DescriptorBudget {
        DescriptorBudget(
            of: descriptorLimit(), connections: settings.http.connections,
            openStreams: settings.streams.maxOpen,
            others: settings.http.surplusConnections + listeners.all.count)
    }

    /// The facts that the master needs.
    ///
    /// A file has one schedule at a time, so children with another schedule wait until the earlier
    /// ones have released their files.
    ///
    /// - Parameter previous: `Storage.identity` of the serving generation; nil if there is none.
    func reload(after previous: String?) -> Reload {
        let isSameFile = previous?.hasSuffix(" " + storage.directory) ?? false
        return Reload(
            roles: ProcessRole.all.map { $0.role(settings) },
            drainSeconds: Int64(settings.http.drainTimeoutSeconds),
            stopDelaySeconds: Int64(settings.timeouts.stopDelaySeconds),
            watchdogSeconds: Int64(settings.timeouts.watchdogSeconds),
            waitsForLeaving: isSameFile && previous != storage.identity)
    }

    /// Logs what clients find at a listener.
    func reportListening(_ bound: BoundListener) {
        let token = settings.auth.tokensFile.isEmpty ? "without a token" : "with a token"
        let purpose =
            listeners.role(of: bound).isAdmin
            ? "for operators: /health, /metrics and /ui" : "for records, \(token)"
        log.report(.listening, "listening on \(listeners.name(of: bound)) \(purpose)")
    }

    // MARK: The PID file

    /// Writes the PID file, unless `previous` has written the same one.
    func writePIDFile(after previous: Generation?) throws(StartError) {
        let path = settings.pidFile
        guard previous?.settings.pidFile != path else {
            pidFile = previous?.pidFile
            return
        }
        guard !path.isEmpty else { return }
        do {
            pidFile = try PIDFile(writing: path)
        } catch {
            throw .pidFile(path, error)
        }
    }

    /// Removes the PID file, unless `other` has the same one.
    func removePIDFile(keeping other: Generation?) {
        if other?.settings.pidFile != settings.pidFile { pidFile?.remove() }
    }

    // MARK: End

    /// In a child: closes the sockets that `other` does not use.
    func close(keeping other: Generation?) {
        for bound in listeners.without(other?.listeners) { bound.listener.close() }
    }

    /// Ends, for all processes, the sockets that `other` does not use.
    func retire(keeping other: Generation?) {
        for bound in listeners.without(other?.listeners) { bound.retire() }
    }
}
