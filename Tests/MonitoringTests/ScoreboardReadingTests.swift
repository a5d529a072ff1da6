// SPDX-License-Identifier: Apache-2.0

import Prefork
import Testing

@testable import Monitoring

@Suite struct ScoreboardReadingTests {
    private let board: Scoreboard

    init() throws {
        board = try CounterLayout.sample.scoreboard(rowCount: 8)
        board.use(row: 7)
        Counters(board, row: 0).set(.workersWanted, to: 2)
    }

    private func add(
        _ row: Int, _ role: RowRole, _ number: Int64, _ state: ProcessState
    ) -> Counters {
        let counters = Counters(board, row: row)
        counters.run(role, number, state)
        return counters
    }

    @Test func `a worker that drains beside a successor is leaving`() {
        _ = add(1, .worker, 0, .draining)
        _ = add(2, .worker, 1, .running)
        _ = add(3, .worker, 0, .running)
        // One worker less was asked for.
        _ = add(4, .worker, 2, .draining)
        _ = add(5, .worker, 1, .absent)
        #expect(board.workers.serving == [3, 2])
        #expect(board.workers.leaving == [1, 4])
    }

    @Test func `no worker is leaving while all drain`() {
        _ = add(1, .worker, 0, .draining)
        _ = add(2, .worker, 1, .draining)
        #expect(board.workers.serving == [1, 2])
        #expect(board.workers.leaving == [])
    }

    @Test func `gauges count while their process lives`() {
        add(1, .worker, 0, .running).set(.connections, to: 3)
        add(2, .worker, 1, .absent).set(.connections, to: 5)
        #expect(board.gauge(.connections) == 3)
        #expect(board.total(.connections) == 8)
    }

    @Test func `the sealer that lives is reported, not the one before it`() {
        let old = add(1, .sealer, 0, .absent)
        old.set(.sealPending, to: 9)
        old.set(.heartbeat, to: 100)
        #expect(board.sealerRow == 1)
        add(2, .sealer, 0, .running).set(.heartbeat, to: 50)
        #expect(board.sealerRow == 2)
    }

    @Test func `a process that takes a row over makes its counts agree`() {
        let worker = add(1, .worker, 0, .absent)
        worker.add(5, to: .written)
        worker.add(9, to: .received)
        worker.countRejection(0, 2)
        worker.balanceCounts()
        #expect(board.total(.received) == 7)
        #expect(board.total(.rejected) == 2)
    }

    @Test(arguments: ["", "cannot append to /x: No space left on device", "é🪵"])
    func `the sentence of an error is read as it was written`(sentence: String) {
        let worker = add(1, .worker, 0, .running)
        worker.noteError(String(repeating: "an older and longer one ", count: 20))
        worker.noteError(sentence)
        #expect(board.lastError(of: .worker)?.sentence == sentence)
        #expect(board.lastError(of: .sealer) == nil)
    }

    @Test func `a sentence that is too long is cut`() {
        add(1, .sealer, 0, .running).noteError(String(repeating: "x", count: 300))
        #expect(board.lastError(of: .sealer)?.sentence == String(repeating: "x", count: 256))
    }

    @Test func `each number of a role has one row, the latest`() {
        let role = RowRole(3, "archiver")
        add(1, role, 1, .running).set(.heartbeat, to: 5)
        add(2, role, 0, .running).set(.heartbeat, to: 5)
        add(3, role, 1, .running).set(.heartbeat, to: 9)
        add(4, role, 0, .absent).set(.heartbeat, to: 99)
        #expect(board.latestRows(of: role) == [2, 3])
    }

    @Test func `a process that takes a row over continues its counts under its own role`() {
        let old = add(1, .sealer, -1, .absent)
        old.add(4, to: .written)
        old.noteError("of the sealer")
        Counters(board, row: 1).begin(.worker, number: 2, generation: 7)
        #expect(board.total(.written) == 4 && board[1, .writtenBefore] == 4)
        #expect(board[1, .number] == 2 && board[1, .generation] == 7)
        #expect(board.lastError(of: .worker) == nil)
        Counters(board, row: 1).noteError("of a worker")
        Counters(board, row: 1).begin(.worker, number: 2, generation: 8)
        #expect(board.lastError(of: .worker)?.sentence == "of a worker")
    }
}
