import Prefork
import Testing

@testable import Cordwood

@Suite struct ScoreboardReadingTests {
    private let board: Scoreboard

    init() throws {
        board = try Scoreboard(rowCount: 8, cellCount: CounterLayout.cellCount)
        board.use(row: 7)
        Counters(scoreboard: board, row: 0).set(.workersWanted, to: 2)
    }

    private func add(
        _ row: Int, _ role: ProcessRole, _ number: Int64, _ state: ProcessState
    ) -> Counters {
        let counters = Counters(scoreboard: board, row: row)
        counters.set(.role, to: role.rawValue)
        counters.set(.number, to: number)
        counters.set(.state, to: state.rawValue)
        return counters
    }

    @Test func `who drains beside a successor is leaving`() {
        _ = add(1, .worker, 0, .draining)
        _ = add(2, .worker, 1, .running)
        _ = add(3, .worker, 0, .running)
        // One worker less was asked for.
        _ = add(4, .worker, 2, .draining)
        _ = add(5, .worker, 1, .absent)
        #expect(board.workers.serving == [3, 2])
        #expect(board.workers.leaving == [1, 4])
    }

    @Test func `nobody is leaving where all drain`() {
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

    @Test func `the sealer that lives is asked, not the one before it`() {
        let old = add(1, .sealer, 0, .absent)
        old.set(.sealPending, to: 9)
        old.set(.heartbeat, to: 100)
        #expect(board.sealerRow == 1)
        add(2, .sealer, 0, .running).set(.heartbeat, to: 50)
        #expect(board.sealerRow == 2)
    }

    @Test func `who takes a row mends what was counted by half`() {
        let worker = add(1, .worker, 0, .absent)
        worker.add(5, to: .written)
        worker.add(9, to: .received)
        worker.countRejection(.invalidJSON, 2)
        worker.mendCounts()
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
}
