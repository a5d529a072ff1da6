// SPDX-License-Identifier: Apache-2.0

import Bytes
import Testing

@testable import HTTP

struct ConnectionStateTests {
    private static func served() -> ConnectionState {
        var state = ConnectionState()
        state.open(.head)
        return state
    }

    // MARK: One event

    @Test
    func `a slot without a connection ignores events`() {
        var state = ConnectionState()
        for (isWritable, isBroken) in [(false, false), (true, false), (false, true)] {
            let reaction = state.ready(
                isWritable: isWritable, isBroken: isBroken, isSecure: true)
            #expect(reaction == .ignore)
        }
        #expect(state.deadline(hasInput: true) == .none)
        #expect(state == ConnectionState())
    }

    @Test
    func `a connection that waits to be served is muted at the third event`() {
        var state = Self.served()
        state.enqueue(at: .waiting)
        let reactions = (0..<5).map { _ in
            state.ready(isWritable: false, isBroken: false, isSecure: false)
        }
        #expect(reactions == [.ignore, .ignore, .mute, .ignore, .ignore])
        #expect(state.ready(isWritable: false, isBroken: true, isSecure: false) == .close)
        #expect(state.leaveQueue() == .waiting)
        let wasMuted = (0..<2).map { _ in state.unmute() }
        #expect(wasMuted == [true, false])
    }

    @Test
    func `each visit to a handshake may be muted again`() {
        var state = ConnectionState()
        state.open(.handshake)
        for _ in 0..<2 {
            state.enqueue(at: .waiting)
            let reactions = (0..<3).map { _ in
                state.ready(isWritable: false, isBroken: false, isSecure: true)
            }
            #expect(reactions == [.ignore, .ignore, .mute])
            _ = state.leaveQueue()
        }
        let wasMuted = state.unmute()
        #expect(!wasMuted, "the handshake sets what it waits for by itself")
    }

    @Test(arguments: [(false, ConnectionState.Phase.head), (true, .handshake)])
    func `behind the header of a proxy comes a handshake only with TLS`(
        isSecure: Bool, expected: ConnectionState.Phase
    ) {
        var state = ConnectionState()
        state.open(.proxyHeader)
        let reaction = state.ready(isWritable: true, isBroken: false, isSecure: isSecure)
        #expect(reaction == .readProxyHeader)
        state.endProxyHeader(isSecure: isSecure)
        #expect(state.phase == expected)
    }

    @Test(arguments: [
        // Writable, broken, TLS.
        (false, false, false, ConnectionState.Reaction.ignore), (true, false, false, .flush),
        (false, true, false, .flush), (false, false, true, .flush),
    ])
    func `a peer that does not read its answers is not read from`(
        isWritable: Bool, isBroken: Bool, isSecure: Bool, expected: ConnectionState.Reaction
    ) {
        var state = Self.served()
        state.promise(isLast: false)
        #expect(state.send(1, isComplete: false) == .waitToWrite)
        #expect(state.holdsBack)
        let reaction = state.ready(
            isWritable: isWritable, isBroken: isBroken, isSecure: isSecure)
        #expect(reaction == expected)
        #expect(state.drain() == .proceed)
        #expect(!state.holdsBack)
    }

    @Test
    func `a request that has begun is finished although the peer does not read`() {
        var state = Self.served()
        state.begin(7)
        state.promise(isLast: false)
        _ = state.send(1, isComplete: false)
        #expect(state.isBlocked && !state.holdsBack && state.work == 7)
        state.endRequest()
        #expect(state.phase == .head && state.holdsBack)
        state.promise(isLast: true)
        #expect(state.send(1, isComplete: false) == .proceed)
        #expect(state.drain() == .linger)
    }

    @Test
    func `the last answer is sent as a whole before the connection lingers`() {
        for isBlocked in [false, true] {
            var state = Self.served()
            state.promise(isLast: true)
            #expect(state.phase == .ending)
            if isBlocked {
                #expect(state.send(1, isComplete: false) == .waitToWrite)
                #expect(state.drain() == .linger)
            } else {
                #expect(state.send(1, isComplete: true) == .linger)
            }
        }
    }

    @Test
    func `earlier answers do not end a connection before its last answer`() {
        var state = Self.served()
        state.promise(isLast: false)
        _ = state.send(1, isComplete: false)
        state.begin(1)
        state.endRequest()
        state.promise(isLast: true)
        #expect(state.drain() == .proceed)
        #expect(state.send(1, isComplete: true) == .linger)
    }

    @Test
    func `a connection ends after its last answer even with answers of others in between`() {
        var state = Self.served()
        state.promise(isLast: false)
        state.promise(isLast: false)
        state.promise(isLast: true)
        #expect(state.send(2, isComplete: true) == .proceed)
        #expect(state.isPromised && !state.isBlocked)
        #expect(state.send(1, isComplete: true) == .linger)
        #expect(!state.isPromised)
    }

    @Test
    func `a peer that reads nothing of the first answers gets the last one after them`() {
        var state = Self.served()
        state.promise(isLast: false)
        state.promise(isLast: true)
        #expect(state.send(1, isComplete: false) == .waitToWrite)
        #expect(state.send(1, isComplete: false) == .proceed)
        #expect(state.drain() == .linger)
    }

    @Test(arguments: [
        (false, false, true), (true, false, true), (true, true, false),
        // Only answers of earlier turns wait.
        (false, true, true),
    ])
    func `promised answers are sent after the end of the stream`(
        isCommitted: Bool, isBlocked: Bool, ends: Bool
    ) {
        var state = Self.served()
        if isCommitted || isBlocked {
            state.promise(isLast: false)
            _ = state.send(1, isComplete: !isBlocked)
        }
        #expect(state.endOfStream(isCommitted: isCommitted) == ends)
        if !ends { #expect(state.drain() == .linger) }
    }

    @Test
    func `a request that was put off again is older than the others`() {
        var state = Self.served()
        var wasOlder: [Bool] = []
        for work in [nil, nil, Int32(3)] {
            if let work { state.begin(work) }
            wasOlder.append(state.park())
            #expect(state.phase == .waitsToBegin && state.place == .parked)
            _ = state.leaveQueue()
        }
        #expect(wasOlder == [false, true, true])
    }

    @Test(arguments: [
        (ConnectionState.Phase.proxyHeader, false, ConnectionState.Expiry.rejectProxyHeader),
        (.handshake, false, .close), (.head, false, .close), (.head, true, .rejectRequest),
    ])
    func `a deadline closes a connection, or answers the request that is late`(
        phase: ConnectionState.Phase, hasInput: Bool, expected: ConnectionState.Expiry
    ) {
        var state = ConnectionState()
        state.open(phase)
        #expect(state.deadline(hasInput: hasInput) == expected)
        // While it waits for this process the process is late.
        state.enqueue(at: .waiting)
        #expect(state.deadline(hasInput: hasInput) == .none)
    }

    @Test
    func `the deadline of a body is answered unless the peer does not read`() {
        for length in [3, nil] {
            var state = Self.served()
            state.awaitBody(length)
            #expect(state.deadline(hasInput: false) == .rejectRequest)
            state.promise(isLast: false)
            _ = state.send(1, isComplete: false)
            #expect(state.deadline(hasInput: false) == .close)
        }
    }

    // MARK: Any order of events

    @Test(arguments: 1...40)
    func `in any order of events no answer precedes its commit, and every way ends`(
        seed: Int
    ) {
        var random = SplitMix64(state: UInt64(seed))
        var reached = Set<String>()
        for _ in 0..<300 {
            var connection = SimulatedConnection(
                [.head, .handshake, .proxyHeader][random.index(below: 3)])
            for _ in 0..<random.index(below: 60) {
                connection.act(&random)
                reached.insert(connection.name)
                if let violation = connection.violation {
                    Issue.record("\(violation)")
                    return
                }
            }
            guard connection.endsBySilence() else {
                Issue.record("no way out of \(connection.state)")
                return
            }
        }
        // The events are such that all kinds of states are seen.
        #expect(reached.count >= 20, "\(reached.sorted())")
    }
}
