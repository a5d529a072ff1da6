// SPDX-License-Identifier: Apache-2.0

import Bytes
import Testing

@testable import HTTP

struct AcceptanceTests {
    private static let second: Int64 = 1_000_000_000
    private static let backoff = Acceptance.backoffNanoseconds

    /// An acceptance that serves, and what it is told about.
    private struct Process {
        var acceptance = Acceptance()
        var now: Int64 = 0
        var count = 0
        var hasSlot = true
        var mayAccept = true
        var hasWaiting = true

        init() { acceptance.begin(count: 0) }

        var state: Acceptance.State { acceptance.state }

        /// A connection comes; returns whether it was accepted.
        mutating func connectionArrives() -> Bool {
            let mayAccept = mayAccept
            let isAccepted = acceptance.connectionArrived(
                now: now, count: count, mayAccept: { mayAccept })
            guard isAccepted else { return false }
            count += 1
            _ = acceptance.accepted(now: now, count: count, mayAccept: { mayAccept })
            return true
        }

        mutating func endTurn(after nanoseconds: Int64 = 0) {
            now += nanoseconds
            let (mayAccept, hasWaiting) = (mayAccept, hasWaiting)
            acceptance.review(
                now: now, count: count, hasSlot: hasSlot, mayAccept: { mayAccept },
                hasWaiting: { hasWaiting })
        }
    }

    private func expectAccepted(
        _ expected: Bool, _ process: inout Process,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let isAccepted = process.connectionArrives()
        #expect(isAccepted == expected, sourceLocation: sourceLocation)
    }

    @Test
    func `a process with its share accepts all that come and sleeps until one does`() {
        var process = Process()
        for _ in 0..<100 { expectAccepted(true, &process) }
        process.endTurn()
        #expect(process.state == .open)
        #expect(process.acceptance.pollTimeout(now: process.now) == -1)
    }

    @Test
    func `a process with more than its share accepts one connection per wakeup, then watches`() {
        var process = Process()
        process.mayAccept = false
        // The kernel may have woken no other process for these.
        expectAccepted(true, &process)
        #expect(process.state == .watching)
        expectAccepted(true, &process)
        process.endTurn()
        expectAccepted(false, &process)
        #expect(process.state == .yielding(since: 0))
        #expect(process.acceptance.pollTimeout(now: 0) == 5)
    }

    @Test
    func `a connection that another process accepts is left to it`() {
        var process = Process()
        process.mayAccept = false
        _ = process.connectionArrives()
        process.endTurn()
        _ = process.connectionArrives()
        process.hasWaiting = false
        process.endTurn(after: Self.backoff - 1)
        #expect(process.state == .yielding(since: 0))
        process.endTurn(after: 1)
        #expect(process.state == .watching)
        #expect(process.acceptance.pollTimeout(now: process.now) == -1)
    }

    @Test
    func `if no other process accepts for long this one does, whatever its share`() {
        var process = Process()
        process.mayAccept = false
        _ = process.connectionArrives()
        process.endTurn()
        expectAccepted(false, &process)
        while process.state == .yielding(since: 0) { process.endTurn(after: Self.backoff) }
        #expect(process.state == .open)
        #expect(process.now == Acceptance.longestWaitNanoseconds)
        process.endTurn()
        // For a second its share does not count; then it does again.
        expectAccepted(true, &process)
        #expect(process.state == .open)
        process.endTurn(after: Acceptance.sharesIgnoredNanoseconds)
        expectAccepted(true, &process)
        #expect(process.state == .watching)
    }

    @Test
    func `it accepts again as soon as its share allows it`() {
        var process = Process()
        process.mayAccept = false
        for _ in 0..<3 { _ = process.connectionArrives() }
        process.endTurn()
        process.mayAccept = true
        process.endTurn()
        #expect(process.state == .watching, "none of its own has ended")
        process.count -= 1
        process.endTurn()
        #expect(process.state == .open)
    }

    @Test
    func `a share that grows later counts when the next connection ends`() {
        var process = Process()
        process.mayAccept = false
        for _ in 0..<3 { _ = process.connectionArrives() }
        process.endTurn()
        process.count -= 1
        process.endTurn()
        process.mayAccept = true
        process.endTurn()
        #expect(process.state == .watching)
        process.count -= 1
        process.endTurn()
        #expect(process.state == .open)
    }

    @Test
    func `the end of one of its connections makes it look at those that wait at once`() {
        var process = Process()
        process.mayAccept = false
        for _ in 0..<3 { _ = process.connectionArrives() }
        process.endTurn()
        expectAccepted(false, &process)
        process.count -= 1
        process.endTurn(after: 1)
        #expect(process.state == .yielding(since: 0))
        process.mayAccept = true
        process.endTurn(after: 1)
        #expect(process.state == .yielding(since: 0), "none of its own has ended since")
        process.count -= 1
        process.endTurn(after: 1)
        #expect(process.state == .open)
    }

    @Test
    func `a full process accepts again when a connection ends`() {
        var process = Process()
        process.hasSlot = false
        process.acceptance.withhold(.full, count: 0)
        process.endTurn(after: 60 * Self.second)
        #expect(process.state == .full)
        process.acceptance.tick(count: 0)
        #expect(process.state == .full)
        process.hasSlot = true
        process.endTurn()
        #expect(process.state == .open)
    }

    @Test
    func `a failed listener is tried again at the next tick`() {
        var process = Process()
        process.acceptance.withhold(.failing, count: 0)
        process.endTurn(after: 60 * Self.second)
        #expect(process.state == .failing)
        process.acceptance.tick(count: 0)
        #expect(process.state == .open)
    }

    @Test
    func `a drain accepts all connections until its time is over`() {
        var process = Process()
        process.mayAccept = false
        process.acceptance.drain(until: 200_000_000, count: 0)
        for _ in 0..<3 { expectAccepted(true, &process) }
        #expect(process.state == .open)
        #expect(process.acceptance.pollTimeout(now: 0) == 200)
        #expect(process.acceptance.pollTimeout(now: 199_999_999) == 1)
        #expect(!process.acceptance.isDrainOver(now: 199_999_999))
        #expect(process.acceptance.isDrainOver(now: 200_000_000))
        process.acceptance.beginEnd()
        process.acceptance.withhold(.full, count: 0)
        #expect(process.state == .open, "what is queued is accepted at once or not at all")
        process.acceptance.end(count: 0)
        process.endTurn()
        process.acceptance.tick(count: 0)
        #expect(process.state == .ended)
        expectAccepted(false, &process)
    }

    /// In any order of events the process either waits for its listeners or knows what ends the
    /// state that it is in.
    @Test(arguments: 1...20)
    func `no order of events stops it from accepting for ever`(seed: Int) {
        var random = SplitMix64(state: UInt64(seed))
        var process = Process()
        for _ in 0..<5_000 {
            switch random.index(below: 8) {
            case 0, 1: _ = process.connectionArrives()
            case 2: process.endTurn(after: Int64(random.index(below: 20_000_000)))
            case 3: process.count = max(0, process.count - 1)
            case 4: process.mayAccept.toggle()
            case 5: process.hasWaiting.toggle()
            case 6:
                process.hasSlot = random.index(below: 4) > 0
                if !process.hasSlot { process.acceptance.withhold(.full, count: process.count) }
            default: process.acceptance.tick(count: process.count)
            }
            var other = process
            // Whatever happened, a second of quiet leads to a listener that is waited for.
            other.hasSlot = true
            for _ in 0..<50 { other.endTurn(after: 20_000_000) }
            other.acceptance.tick(count: other.count)
            let isHeard = other.state.interest != nil
            if case .yielding = other.state {
                #expect(other.acceptance.pollTimeout(now: other.now) >= 0)
            } else if !isHeard {
                Issue.record("deaf in \(other.state)")
                return
            }
        }
    }
}
