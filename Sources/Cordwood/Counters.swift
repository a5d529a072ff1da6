import Glibc
import HTTP
import Ingest
import Linux
import Prefork

/// The cells of a process's row in the scoreboard.
///
/// All are counted from the start of the service and never reset, but for the gauges, which say
/// what is so now.
enum Cell: Int, CaseIterable {
    // Gauges.
    case process, state, heartbeat, connections, requestsInFlight
    // Records.
    case received, written, rejected, unkept
    // Bytes.
    case wireBytes, decodedBytes, writtenBytes
    // Trouble.
    case overloadWriteError, overloadSyncError, overloadDiskLow, overloadMemory, overloadDraining
    case overloadConnections, overloadRequestsInFlight, overloadBufferedBytes
    case lastErrorAt, lastErrorNumber
    case rollovers, rolloverFailures
    // The master's: its own row.
    case startedAt, workersWanted, nextStart, stopIsAnnounced
    case reloads, reloadFailures, lastReloadFailed, reloadedAt
    case restartsKilled, restartsExited, restartsHung, restartsRecycled
    // What the process of this row is for, and where its counts began.
    case role, number, generation, writtenBefore
    // The sealer's.
    case sealPending, sealFailures, sealedFiles, sealedBytes
    // The histogram of the time from a whole request to its answer.
    case ackNanoseconds, ackCount
}

/// What the process of a row is for.
enum ProcessRole: Int64 {
    case none = 0
    case worker, sealer
}

/// What a process is doing.
enum ProcessState: Int64 {
    case absent = 0
    case running, draining
}

/// The layout of a row: `Cell`s, then the histogram's buckets, then requests by path and status,
/// then rejections by reason.
enum CounterLayout {
    /// Upper bounds of the histogram's buckets, in nanoseconds.
    static let ackBounds: [Int64] = [
        100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000,
        50_000_000, 100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000,
        5_000_000_000, 10_000_000_000,
    ]
    static let statusCodes: [UInt16] = [
        200, 400, 401, 403, 404, 405, 408, 413, 414, 415, 417, 429, 431, 500, 501, 503, 505,
    ]

    static let firstBucket = Cell.allCases.count
    static let firstRequest = firstBucket + ackBounds.count
    static let firstRejection = firstRequest + Route.labels.count * statusCodes.count
    static let cellCount = firstRejection + RejectionReason.allCases.count

    /// Changes when the layout does.
    static func identity(_ rowCount: Int) -> String {
        "\(Version.current) \(rowCount)x\(cellCount)"
    }

    static func request(_ route: Int, _ status: UInt16) -> Int {
        let code = statusCodes.firstIndex(of: status) ?? statusCodes.count - 1
        return firstRequest + route * statusCodes.count + code
    }
}

/// A process's own row, to count in.
struct Counters {
    let scoreboard: Scoreboard
    let row: Int

    /// In a child: takes the row over from who has had it before, and goes on with its counts.
    func begin(_ child: Child) {
        set(.state, to: ProcessState.absent.rawValue)
        set(.process, to: Int64(getpid()))
        set(.heartbeat, to: Worker.monotonicSeconds)
        set(.generation, to: Int64(child.generation))
        set(.writtenBefore, to: scoreboard[row, Cell.written.rawValue])
        switch child.role {
        case .worker(let number):
            set(.number, to: Int64(number))
            set(.role, to: ProcessRole.worker.rawValue)
        case .sealer: set(.role, to: ProcessRole.sealer.rawValue)
        }
        scoreboard.use(row: row)
    }

    /// Whether the master has said that the service will stop.
    var isStopAnnounced: Bool { scoreboard[0, Cell.stopIsAnnounced.rawValue] != 0 }

    func add(_ amount: Int, to cell: Cell) {
        scoreboard.add(Int64(amount), row: row, cell: cell.rawValue)
    }

    func set(_ cell: Cell, to value: Int64) { scoreboard[row, cell.rawValue] = value }

    func countRequest(_ route: Int, _ status: UInt16) {
        scoreboard.add(1, row: row, cell: CounterLayout.request(route, status))
    }

    func countRejection(_ reason: RejectionReason, _ count: Int) {
        scoreboard.add(
            Int64(count), row: row, cell: CounterLayout.firstRejection + Int(reason.rawValue))
    }

    /// Counts `count` answers that each took `nanoseconds`.
    func countAcknowledgements(_ count: Int, took nanoseconds: Int64) {
        add(count, to: .ackCount)
        scoreboard.add(
            nanoseconds &* Int64(count), row: row, cell: Cell.ackNanoseconds.rawValue)
        guard let bucket = CounterLayout.ackBounds.firstIndex(where: { nanoseconds <= $0 }) else {
            return
        }
        scoreboard.add(Int64(count), row: row, cell: CounterLayout.firstBucket + bucket)
    }
}

extension Scoreboard {
    /// The rows of workers that live, in the order of their numbers; of those with the same number
    /// the one that came first.
    var workerRows: [Int] {
        (1..<max(1, usedRowCount)).filter {
            self[$0, Cell.role.rawValue] == ProcessRole.worker.rawValue
                && self[$0, Cell.state.rawValue] != ProcessState.absent.rawValue
        }.sorted {
            (self[$0, Cell.number.rawValue], self[$0, Cell.generation.rawValue])
                < (self[$1, Cell.number.rawValue], self[$1, Cell.generation.rawValue])
        }
    }

    /// Processes that were replaced without having been asked to end.
    var restarts: Int64 {
        [Cell.restartsKilled, .restartsExited, .restartsHung].reduce(0) {
            $0 + self[0, $1.rawValue]
        }
    }
}
