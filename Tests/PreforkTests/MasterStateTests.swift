import Glibc
import Linux
import Testing

@testable import Prefork

@Suite struct MasterStateTests {
    /// Two children, processes 10 and 11, started at second 100.
    private func running() -> MasterState {
        var state = MasterState(slotCount: 2, drainSeconds: 8)
        #expect(state.tick(now: 100) == [.start(slot: 0), .start(slot: 1)])
        state.started(slot: 0, process: 10, now: 100)
        state.started(slot: 1, process: 11, now: 100)
        #expect(state.tick(now: 101) == [])
        return state
    }

    @Test func `a child that dies is replaced at once`() {
        var state = running()
        #expect(state.ended(10, .killed(signal: SIGKILL), now: 200) == [.start(slot: 0)])
        state.started(slot: 0, process: 12, now: 200)
        #expect(state.slot(of: 12) == 0 && state.slot(of: 10) == nil)
    }

    @Test func `a child that keeps dying young is replaced ever later`() {
        var state = running()
        var (now, process, delays): (Int64, pid_t, [Int64]) = (101, 10, [])
        for _ in 0..<9 {
            let died = now
            var actions = state.ended(process, .killed(signal: SIGSEGV), now: now)
            while actions.isEmpty {
                now += 1
                actions = state.tick(now: now)
            }
            #expect(actions == [.start(slot: 0)])
            delays.append(now - died)
            process += 100
            state.started(slot: 0, process: process, now: now)
        }
        #expect(delays == [0, 1, 2, 4, 8, 16, 30, 30, 30])
        now += RespawnPolicy.settledSeconds
        #expect(state.ended(process, .exited(code: 1), now: now) == [.start(slot: 0)])
    }

    @Test(
        arguments: [
            (SIGTERM, SIGTERM, 109), (SIGINT, SIGINT, 102), (SIGQUIT, SIGINT, 102),
        ] as [(Int32, Int32, Int64)])
    func `a signal stops all children, and kills them when they take too long`(
        signal: Int32, passedOn: Int32, killedAt: Int64
    ) {
        var state = running()
        #expect(
            state.received(signal, now: 100) == [.signal(10, passedOn), .signal(11, passedOn)])
        #expect(state.isStopping)
        #expect(state.ended(10, .exited(code: 0), now: 101) == [])
        #expect(state.tick(now: killedAt - 1) == [])
        #expect(state.tick(now: killedAt) == [.signal(11, SIGKILL)])
        #expect(state.ended(11, .killed(signal: SIGKILL), now: 110) == [.finish(code: 0)])
    }

    @Test func `a second signal makes haste`() {
        var state = running()
        _ = state.received(SIGTERM, now: 100)
        #expect(state.received(SIGINT, now: 101) == [.signal(10, SIGINT), .signal(11, SIGINT)])
        #expect(state.tick(now: 103) == [.signal(10, SIGKILL), .signal(11, SIGKILL)])
    }

    @Test func `a child whose successor could do no better stops the service with its code`() {
        var state = running()
        #expect(state.ended(10, .exited(code: 73), now: 101) == [.signal(11, SIGTERM)])
        #expect(state.ended(11, .exited(code: 0), now: 101) == [.finish(code: 73)])
    }

    @Test func `an orphan that is nobody's child here is no matter`() {
        var state = running()
        #expect(state.ended(99, .exited(code: 78), now: 101) == [])
        #expect(!state.isStopping)
    }

    @Test func `a fork that fails is tried again a second later`() {
        var state = MasterState(slotCount: 1, drainSeconds: 8)
        #expect(state.tick(now: 5) == [.start(slot: 0)])
        state.failedToStart(slot: 0, now: 5)
        #expect(state.tick(now: 5) == [])
        #expect(state.tick(now: 6) == [.start(slot: 0)])
    }
}
