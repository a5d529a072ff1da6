import CordwoodConfiguration
import Diagnostics
import Glibc
import HTTP
import Linux
import Logging
import Monitoring
import OpenSSL
import Prefork
import RotatingFile
import SystemPackage

/// A configuration that is served, or about to be, and what was opened for it.
final class Generation {
    let number: Int
    let settings: Configuration
    let storage: Storage
    let doors: [Door]
    /// Who the children are to be; nil: who the master is.
    let credentials: Credentials?
    /// Nil where nobody speaks TLS.
    let tls: TLSContext?
    let tickets: TicketKeys?
    /// The certificates, keys and tokens that were read for it.
    var secrets: FileWatch
    /// Nil: no token is needed.
    let authenticator: Authenticator?
    let log: Logger
    private var pidFile: PIDFile?

    /// A listening socket, and how it got its address.
    struct Door {
        /// Nil: whoever started the program has opened it.
        var endpoint: ListenAddress?
        var listener: Listener

        /// Whether it was inherited and is just what `endpoint` asks for.
        func isInherited(for endpoint: ListenAddress) -> Bool {
            self.endpoint == nil
                && listener.address.description == endpoint.socketAddress?.description
        }

        /// Ends it for all processes, after those who wait have been taken by them.
        ///
        /// What somebody else has opened stays as it is: systemd goes on with it.
        func retire() {
            if endpoint != nil {
                // Where it cannot be done a client may be reset that comes at the last moment.
                try? listener.refuseNewConnections()
                listener.removeSocketFile()
            }
            listener.close()
        }
    }

    /// Prepares what `settings` ask for.
    ///
    /// - Parameters:
    ///   - doors: those that are open already; what is configured the same way goes on through
    ///     them.
    ///   - tickets: what clients' sessions were encrypted with until now.
    init(
        _ number: Int, _ settings: Configuration, reusing doors: [Door],
        _ tickets: TicketKeys? = nil
    ) throws(StartError) {
        self.number = number
        self.settings = settings
        log = DiagnosticLog.logger("master", settings)
        do {
            credentials = try Credentials.named(user: settings.user, group: settings.group)
        } catch {
            throw .credentials(error)
        }
        // Said before anything is made that only somebody else could use.
        if let credentials, !credentials.isPermitted { throw .credentials(.notPermitted) }
        secrets = FileWatch(settings.secretFiles)
        (tls, self.tickets) = try Self.secure(settings, tickets)
        authenticator = try Self.authenticator(settings, log)
        storage = try Storage(settings, owner: credentials)
        var opened = doors.filter { $0.endpoint == nil }
        for endpoint in settings.listen + settings.tls.listen + settings.admin.listen {
            if let door = doors.first(where: { $0.endpoint == endpoint }) {
                opened.append(door)
                continue
            }
            if opened.contains(where: { $0.isInherited(for: endpoint) }) { continue }
            do {
                let listener = try Self.listen(endpoint, settings, credentials)
                opened.append(Door(endpoint: endpoint, listener: listener))
            } catch {
                for door in opened where !Self.contains(door, in: doors) { door.retire() }
                throw error
            }
        }
        self.doors = opened
    }

    /// Reads the file of tokens, which may be root's alone.
    private static func authenticator(
        _ settings: Configuration, _ log: Logger
    ) throws(StartError) -> Authenticator? {
        let path = settings.auth.tokensFile
        guard !path.isEmpty else { return nil }
        if let status = try? FileStatus(following: path), status.mode & 0o002 != 0 {
            log.report(
                .tokensWritable,
                "everybody may write \(path), and so give themselves a token: chmod o-w")
        }
        let table: TokenTable
        do throws(TokenMistakes) {
            table = try TokenFile.read(path)
        } catch {
            throw .tokens(error)
        }
        if table.tokens.isEmpty {
            log.report(
                .tokensEmpty,
                "\(path) has no token: every request that brings records is refused; make one with cordwood token new"
            )
        }
        guard let authenticator = Authenticator(table) else {
            throw .system("hash tokens", .notSupported)
        }
        return authenticator
    }

    /// What is served behind `door`.
    func role(of door: Door) -> ListenerRole {
        let isAdmin = settings.admin.listen.contains {
            door.endpoint == $0 || door.isInherited(for: $0)
        }
        return ListenerRole(isAdmin: isAdmin)
    }

    /// Whether TLS is spoken behind `door`.
    private func isSecure(_ door: Door) -> Bool {
        settings.tls.listen.contains { door.endpoint == $0 || door.isInherited(for: $0) }
    }

    /// What is spoken behind `door`; nil: plain HTTP.
    func context(of door: Door) -> TLSContext? { isSecure(door) ? tls : nil }

    /// A URL, or `unix:` and the path.
    func name(of door: Door) -> String {
        let name = door.listener.description
        guard isSecure(door) else { return name }
        return door.listener.address.path == nil
            ? "https" + name.dropFirst("http".count) : name + " by TLS"
    }

    /// What a worker may have open.
    var descriptors: DescriptorBudget {
        DescriptorBudget(
            of: descriptorLimit(), connections: settings.limits.connections,
            openStreams: settings.streams.maxOpen,
            others: settings.httpLimits.surplusConnections + doors.count)
    }

    func warnOfCertificates() {
        for certificate in tls?.certificates ?? [] {
            guard let warning = CertificateValidity(certificate, at: Clock.epochSeconds()).warning
            else {
                continue
            }
            log.report(.certificateInvalid, "\(warning)")
        }
    }

    /// Of those who may write where only the service should.
    func warnOfDirectory() {
        let audit = DirectoryAudit(
            directory: storage.directory, mode: mode_t(settings.files.directoryMode),
            user: credentials?.user ?? geteuid())
        for warning in audit.warnings() { log.report(.directoryExposed, "\(warning)") }
    }

    func warnOfDescriptorLimit() {
        let budget = descriptors
        let why =
            "as a process may open only \(descriptorLimit()) files: raise that (ulimit -n, or LimitNOFILE= of systemd)"
        if budget.connections < settings.limits.connections {
            log.report(
                .descriptorsLimited,
                "a worker takes \(budget.connections) connections and not limits.connections, \(settings.limits.connections), \(why)"
            )
        }
        if budget.openStreams < settings.streams.maxOpen {
            log.report(
                .descriptorsLimited,
                "a worker keeps \(budget.openStreams) streams open and not streams.max_open, \(settings.streams.maxOpen), \(why)"
            )
        }
    }

    /// Writes the PID file, if `previous` has not written the same one.
    ///
    /// Where that fails nothing has begun yet that would have to be undone.
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

    /// Removes the PID file, if `other` does not go on with it.
    func removePIDFile(keeping other: Generation?) {
        if other?.settings.pidFile != settings.pidFile { pidFile?.remove() }
    }

    /// What the master is told of it.
    ///
    /// A file has one schedule at a time: who served by another one must have let go first.
    ///
    /// - Parameter previous: `Storage.identity` of who serves; nil: nobody does.
    func reload(after previous: String?) -> Reload {
        let isSameFile = previous?.hasSuffix(" " + storage.directory) ?? false
        return Reload(
            workerCount: settings.workerCount,
            drainSeconds: Int64(settings.timeouts.drainSeconds),
            stopDelaySeconds: Int64(settings.timeouts.stopDelaySeconds),
            watchdogSeconds: Int64(settings.timeouts.watchdogSeconds),
            waitsForLeaving: isSameFile && previous != storage.identity)
    }

    /// Closes what `other` does not go on with, as far as this process goes.
    func close(keeping other: Generation?) {
        for door in doors where other.map({ !Self.contains(door, in: $0.doors) }) ?? true {
            door.listener.close()
        }
    }

    /// Ends, for all processes, what `other` does not go on with.
    func retire(keeping other: Generation?) { Self.retire(doors, keeping: other) }

    /// Ends those of `doors` that `other` does not go on with.
    static func retire(_ doors: [Door], keeping other: Generation?) {
        for door in doors where other.map({ !contains(door, in: $0.doors) }) ?? true {
            door.retire()
        }
    }

    func has(_ door: Door) -> Bool { Self.contains(door, in: doors) }

    static func contains(_ door: Door, in doors: [Door]) -> Bool {
        doors.contains { $0.listener === door.listener }
    }

    private static func secure(
        _ settings: Configuration, _ earlier: TicketKeys?
    ) throws(StartError) -> (TLSContext?, TicketKeys?) {
        guard let options = settings.tlsOptions else { return (nil, nil) }
        let now = Clock.epochSeconds()
        let lasting = earlier.flatMap { now - $0.madeAt < ticketSeconds ? $0 : nil }
        guard let tickets = lasting ?? TicketKeys(now: now) else {
            throw .system("draw keys for TLS sessions", .ioError)
        }
        do {
            return (try TLSContext(options, tickets), tickets)
        } catch {
            throw .tls(error)
        }
    }

    /// How old the tickets' keys may be when they are taken over.
    private static let ticketSeconds: Int64 = 86_400

    private static func listen(
        _ endpoint: ListenAddress, _ settings: Configuration, _ owner: Credentials?
    ) throws(StartError) -> Listener {
        guard let address = endpoint.socketAddress else {
            throw .address(endpoint.description)
        }
        do {
            return try Listener(
                on: address, backlog: Int32(settings.limits.listenBacklog),
                mode: settings.files.socketMode, owner: owner)
        } catch {
            throw .listen(address.description, error)
        }
    }
}
