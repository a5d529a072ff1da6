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
    case overloadWriteError, overloadSyncError, overloadDiskLow, overloadMemory
    case overloadConnections, overloadRequestsInFlight, overloadBufferedBytes, overloadStreams
    case overloadConnectionsPerAddress, refusedProxyHeaders, refusedAddresses
    // TLS.
    case fullHandshakes, resumedHandshakes, failedHandshakes
    // The last error in epoch seconds; the last write that failed and the last that did not in
    // monotonic nanoseconds.
    case lastErrorAt, failedAt, writtenAt
    case rollovers, rolloverFailures, rolloverOverdue
    // The master's: its own row.
    case startedAt, startTime, servingGeneration, workersWanted, nextStart, stopIsAnnounced
    case reloads, reloadFailures, lastReloadFailed, reloadedAt
    case restartsKilled, restartsExited, restartsHung, restartsRecycled
    // What the process of this row is for, and where its counts began.
    case role, number, generation, writtenBefore
    // The sealer's.
    case sealPending, sealPendingBytes, sealPendingSince
    case sealFailures, sealedFiles, sealedBytes
    case removedByCount, removedByAge, removedByBytes
    // Requests that were refused for want of a token or of a right.
    case authMissing, authInvalid, authExpired, authStreamNotAllowed, authNotAnObserver
    case authRateLimited
    // The histogram of the time from a whole request to its answer.
    case ackNanoseconds, ackCount
    // What the process uses, and since when there is one.
    case processorNanoseconds, residentBytes, virtualBytes, openDescriptors, descriptorLimit
    case beganAt
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
/// then rejections by reason, then the sentence of the last error, then what is counted by stream.
enum CounterLayout {
    /// Upper bounds of the histogram's buckets, in nanoseconds.
    static let ackBounds: [Int64] = [
        100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000,
        50_000_000, 100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000,
        5_000_000_000, 10_000_000_000,
    ]
    static let statusCodes: [UInt16] = [
        200, 400, 401, 403, 404, 405, 408, 411, 413, 414, 415, 417, 429, 431, 500, 501, 503, 505,
    ]

    static let firstBucket = Cell.allCases.count
    static let firstRequest = firstBucket + ackBounds.count
    static let firstRejection = firstRequest + Router.labels.count * statusCodes.count
    static let firstErrorWord = firstRejection + RejectionReason.allCases.count
    /// Eight bytes of the last error's sentence in each; what is longer is cut.
    static let errorWordCount = 32
    /// Of each place of the `StreamDirectory`, and of all other streams, the `StreamCell`s.
    static let firstStream = firstErrorWord + errorWordCount
    static let cellCount =
        firstStream + (StreamDirectory.limit + 1) * StreamCell.allCases.count
    /// Behind the rows: the `StreamDirectory`, then why the last reload has failed.
    static let firstReloadErrorWord = StreamDirectory.cellCount
    static let reloadErrorWordCount = 64
    static let sharedCellCount = firstReloadErrorWord + reloadErrorWordCount

    /// Changes when the layout does.
    static func identity(_ rowCount: Int) -> String {
        "\(Version.current) \(rowCount)x\(cellCount)+\(sharedCellCount)"
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
        set(.heartbeat, to: Clock.monotonicSeconds())
        set(.generation, to: Int64(child.generation))
        set(.writtenBefore, to: scoreboard[row, .written])
        noteBeginning()
        mendCounts()
        switch child.role {
        case .worker(let number):
            set(.number, to: Int64(number))
            take(.worker)
        case .sealer: take(.sealer)
        }
        scoreboard.use(row: row)
    }

    /// Whether the master has said that the service will stop.
    var isStopAnnounced: Bool { scoreboard[0, Cell.stopIsAnnounced.rawValue] != 0 }

    /// Who has had the row before may have been killed between two counts of one request.
    func mendCounts() {
        let rejected = RejectionReason.allCases.reduce(0) {
            $0 + scoreboard[row, CounterLayout.firstRejection + Int($1.rawValue)]
        }
        set(.rejected, to: rejected)
        set(.received, to: scoreboard[row, .written] + rejected)
    }

    /// The last error of another role would be mistaken for one of this.
    private func take(_ role: ProcessRole) {
        if scoreboard[row, .role] != role.rawValue { set(.lastErrorAt, to: 0) }
        set(.role, to: role.rawValue)
    }

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
