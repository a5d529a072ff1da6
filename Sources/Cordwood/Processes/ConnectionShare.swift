// SPDX-License-Identifier: Apache-2.0

import Monitoring
import Prefork

/// A worker's connections compared with those of the workers that share its listeners.
struct ConnectionShare: Equatable {
    /// This worker's.
    var mine: Int64
    /// The connections of all workers, and the number of workers; this one is among them.
    var total: Int64
    var workerCount: Int64
    /// The fewest that any of them has.
    var least: Int64
    /// The most that a worker may have.
    var limit: Int64

    /// Whether this worker should accept another connection.
    ///
    /// It may have one connection more than the mean, or an eighth more. As soon as each worker has
    /// a few, none then has one and a half times the mean; with a smaller margin workers would wait
    /// for each other. A full worker accepts connections, to reject them, only if all are full.
    ///
    /// With 400 connections over four workers, the largest share is 1.1 times the mean. It is 3.9
    /// times if a worker stops only when it is nearly full. If a worker moves to the end of the
    /// kernel's queue after each connection it is the mean, but 1.6 times after six workers were
    /// replaced in turn, because a new one gets only its turn of the clients that come back.
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

    /// From the scoreboard, for the worker in row `worker` at the monotonic second `now`.
    init(_ board: Scoreboard, worker: Int, limit: Int, now: Int64) {
        mine = board[worker, .connections]
        (total, workerCount, least) = (mine, 1, mine)
        self.limit = Int64(limit)
        for row in 1..<max(1, board.usedRowCount) where row != worker {
            // A worker that ends, starts or hangs accepts no connections.
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

    /// The age of a heartbeat up to which a worker counts as accepting connections.
    private static let freshSeconds: Int64 = 3
}
