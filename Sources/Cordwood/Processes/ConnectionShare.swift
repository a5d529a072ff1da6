import Monitoring
import Prefork

/// A worker's connections beside those of the workers that it shares the listeners with.
struct ConnectionShare: Equatable {
    /// This worker's.
    var mine: Int64
    /// All workers', this one's among them, and how many workers that is.
    var total: Int64
    var workerCount: Int64
    /// The fewest that any of them has.
    var least: Int64
    /// The most that a worker may have.
    var limit: Int64

    /// Whether this worker should take another connection.
    ///
    /// With a connection more than the mean, or an eighth of it, none has one and a half times
    /// the mean as soon as there are a few for each; more often than that, workers would only
    /// wait for each other. A worker that is full takes connections, to refuse them, when all
    /// are.
    var mayAccept: Bool {
        if mine >= limit { return least >= limit }
        // mine <= mean + max(1, mean / 8), without fractions.
        return 8 * mine * workerCount <= 8 * total + max(8 * workerCount, total)
    }

    init(mine: Int64, total: Int64, workerCount: Int64, least: Int64, limit: Int64) {
        self.mine = mine
        self.total = total
        self.workerCount = workerCount
        self.least = least
        self.limit = limit
    }

    /// What the scoreboard says of the worker in row `worker` and of the others at the monotonic
    /// second `now`.
    init(_ board: Scoreboard, worker: Int, limit: Int, now: Int64) {
        mine = board[worker, .connections]
        (total, workerCount, least) = (mine, 1, mine)
        self.limit = Int64(limit)
        for row in 1..<max(1, board.usedRowCount) where row != worker {
            // One that ends, begins or is stuck takes no connections.
            guard board[row, .role] == RowRole.worker.number,
                board[row, .state] == ProcessState.running.rawValue,
                now - board[row, .heartbeat] <= Self.freshSeconds
            else { continue }
            let connections = board[row, .connections]
            total += connections
            workerCount += 1
            least = min(least, connections)
        }
    }

    /// How old the heartbeat of a worker may be that is expected to take connections.
    private static let freshSeconds: Int64 = 3
}
