// SPDX-License-Identifier: Apache-2.0

import Monitoring
import Prefork
import Testing

@testable import Cordwood

struct ConnectionShareTests {
    @Test(arguments: [
        // Alone it always may.
        ([7], true), ([0], true),
        // One above the mean, and no more.
        ([1, 0], true), ([2, 0], true), ([3, 0], false), ([1, 0, 0, 0], true),
        ([2, 0, 0, 0], false), ([4, 3, 3, 3], true), ([5, 3, 3, 3], false),
        // An eighth above the mean where that is more.
        ([36, 32, 32, 32], true), ([39, 32, 32, 32], false), ([900, 800, 800, 800], true),
        ([950, 800, 800, 800], false),
        // Whoever has least always may.
        ([0, 50, 50], true), ([50, 50, 50], true),
    ])
    func `a worker accepts connections while it has few more than the others`(
        counts: [Int64], mayAccept: Bool
    ) throws {
        let board = try Self.board(counts)
        #expect(Self.share(board, counts.count, limit: 1000).mayAccept == mayAccept)
    }

    @Test(arguments: [
        ([100, 99], false), ([100, 100], true), ([101, 100], true), ([99, 99], true),
        ([100, 101], true),
    ])
    func `a full worker accepts connections, to reject them, when all are full`(
        counts: [Int64], mayAccept: Bool
    ) throws {
        let board = try Self.board(counts)
        #expect(Self.share(board, counts.count).mayAccept == mayAccept)
    }

    @Test
    func `workers that end, begin or are stuck do not count`() throws {
        let board = try Self.board([10, 0, 0, 10])
        #expect(!Self.share(board, 4).mayAccept)
        board[2, Cell.state.rawValue] = ProcessState.draining.rawValue
        board[3, Cell.heartbeat.rawValue] = 96
        #expect(Self.share(board, 4).mayAccept)
        board[3, Cell.heartbeat.rawValue] = 97
        #expect(!Self.share(board, 4).mayAccept)
        board[3, Cell.state.rawValue] = ProcessState.absent.rawValue
        #expect(Self.share(board, 4).mayAccept)
    }

    @Test
    func `some worker may always accept`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<1000 {
            let counts = (0..<Int64.random(in: 1...9, using: &random)).map { _ in
                Int64.random(in: 0...120, using: &random)
            }
            let board = try Self.board(counts)
            let all = counts.indices.map { Self.share(board, counts.count, worker: $0).mayAccept }
            #expect(all.contains(true), "\(counts)")
        }
    }

    /// Workers that run, with so many connections each, at the monotonic second 100.
    private static func board(_ counts: [Int64]) throws -> Scoreboard {
        let board = try Scoreboard(
            rowCount: counts.count + 1, cellCount: CounterLayout.service.cellCount)
        for (worker, count) in counts.enumerated() {
            let row = worker + 1
            board.use(row: row)
            board[row, Cell.role.rawValue] = RowRole.worker.number
            board[row, Cell.connections.rawValue] = count
            board[row, Cell.state.rawValue] = ProcessState.running.rawValue
            board[row, Cell.heartbeat.rawValue] = 100
        }
        return board
    }

    private static func share(
        _ board: Scoreboard, _ count: Int, worker: Int = 0, limit: Int = 100
    ) -> ConnectionShare {
        ConnectionShare(board, worker: worker + 1, limit: limit, now: 100)
    }
}
