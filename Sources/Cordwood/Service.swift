import Glibc
import HTTP
import Linux
import Logging
import Prefork
import RotatingFile
import SystemPackage

/// The whole service: everything that can fail is tried before the first child is forked, so that
/// a mistake is a sentence and an exit code and not a storm of dying workers.
package final class Service {
    private let settings: Configuration
    private let log: Logger
    private let storage: Storage
    private let scoreboard: Scoreboard
    private var listeners: [Listener]

    /// Runs the service that `configuration` describes until it is stopped.
    ///
    /// - Returns: the exit code, of sysexits.h where something failed.
    package static func run(_ configuration: Configuration) -> Int32 {
        var configuration = configuration
        configuration.startedAt = Clock.epochSeconds()
        let log = DiagnosticLog.logger("master", configuration)
        do {
            return try Service(configuration, log).serve()
        } catch {
            log.critical("\(error)")
            return error.exitCode
        }
    }

    private init(_ settings: Configuration, _ log: Logger) throws(StartError) {
        self.settings = settings
        self.log = log
        ignoreWriteSignals()
        reserveStandardDescriptors()
        raiseDescriptorLimit()
        storage = try Storage(settings)
        // Opened and closed: what is wrong with the directory is found now.
        do {
            _ = try storage.open(settings.streams.defaultStream, log)
        } catch {
            throw .file(error)
        }
        listeners = []
        for endpoint in settings.listen { listeners.append(try Self.listen(endpoint, settings)) }
        do {
            scoreboard = try Scoreboard(
                rowCount: settings.workerCount + 1, cellCount: CounterLayout.cellCount)
        } catch {
            throw .system("map shared memory", error)
        }
    }

    private static func listen(
        _ endpoint: Endpoint, _ settings: Configuration
    ) throws(StartError) -> Listener {
        guard let address = SocketAddress(host: endpoint.host, port: endpoint.port) else {
            throw .address(endpoint.description)
        }
        do {
            return try Listener(on: address, backlog: Int32(settings.limits.listenBacklog))
        } catch {
            throw .listen(address.description, error)
        }
    }

    private func serve() throws(StartError) -> Int32 {
        let sealerSlot = settings.workerCount
        do {
            let master = try Master(
                slotCount: settings.workerCount + 1,
                drainSeconds: Int64(settings.timeouts.drainSeconds), onEvent: note
            ) { [self] child in
                if child.slot == sealerSlot {
                    for listener in listeners { listener.close() }
                    return SealerProcess(settings, storage, counters(child.slot)).run(child)
                }
                return WorkerProcess(settings, storage, counters(child.slot), listeners).run(child)
            }
            for listener in listeners {
                log.info(
                    "listening on http://\(listener.address), writing to \(settings.directory)")
            }
            let code = try master.run { for listener in listeners { listener.close() } }
            log.info("stopped")
            return code
        } catch {
            throw .system("run the master", error)
        }
    }

    private func counters(_ slot: Int) -> Counters {
        Counters(scoreboard: scoreboard, row: slot)
    }

    private func name(_ slot: Int) -> String {
        slot == settings.workerCount ? "sealer" : "worker \(slot)"
    }

    private func note(_ event: Master.Event) {
        switch event {
        case .started(let slot, let process):
            log.debug("\(name(slot)) started", metadata: ["process": "\(process)"])
        case .failedToStart(let slot, let error):
            log.error("cannot fork \(name(slot)): \(error); trying again in a second")
        case .ended(let slot, let process, let status):
            scoreboard[slot, Cell.state.rawValue] = ProcessState.absent.rawValue
            scoreboard[slot, Cell.connections.rawValue] = 0
            scoreboard[slot, Cell.requestsInFlight.rawValue] = 0
            if status == .exited(code: 0) {
                log.debug("\(name(slot)) \(status)", metadata: ["process": "\(process)"])
            } else {
                scoreboard.add(1, row: slot, cell: Cell.restarts.rawValue)
                log.error("\(name(slot)) \(status)", metadata: ["process": "\(process)"])
            }
        case .stopping(let signal):
            log.info("stopping on \(String(cString: strsignal(signal)))")
        case .killing(let process):
            log.warning("process \(process) did not stop in time and is killed")
        }
    }
}
