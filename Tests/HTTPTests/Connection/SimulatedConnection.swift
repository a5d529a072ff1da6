// SPDX-License-Identifier: Apache-2.0

import Bytes

@testable import HTTP

/// A connection without a socket: it does what its state says, and its peer and the handler do
/// anything.
struct SimulatedConnection {
    private(set) var state = ConnectionState()
    private(set) var violation: String?
    /// Answers that were promised and not committed.
    private var uncommittedCount = 0
    private var hasInput = false

    init(_ first: ConnectionState.Phase) { state.open(first) }

    /// What tells apart where it stands, numbers aside.
    var name: String {
        let phase =
            switch state.phase {
            case .body: "body"
            case .begun: "begun"
            default: "\(state.phase)"
            }
        return "\(phase) \(state.output) \(state.isQueued)"
    }

    /// One event of any kind.
    mutating func act(_ random: inout SplitMix64) {
        switch random.index(below: 8) {
        case 0, 1, 2: react(&random)
        case 3, 4, 5: serve(&random)
        case 6: commit { random.index(below: 3) > 0 }
        default: expire()
        }
        check()
    }

    /// Time goes by, the handler finishes what it has begun, and the peer neither sends nor reads
    /// any more; whether the connection ends.
    mutating func endsBySilence() -> Bool {
        for _ in 0..<8 {
            if state.isQueued {
                _ = state.leaveQueue()
                if state.isWhole { answer(isLast: false) }
            }
            commit { false }
            expire()
            commit { false }
        }
        return state == ConnectionState()
    }

    private mutating func check() {
        if state.phase == .free, state != ConnectionState() { violation = "a closed one acts" }
        if state.isPromised != (uncommittedCount > 0) {
            violation = "\(uncommittedCount) answers wait, and the state is \(state)"
        }
    }

    private mutating func close() {
        state = ConnectionState()
        uncommittedCount = 0
        hasInput = false
    }

    // MARK: Events

    private mutating func react(_ random: inout SplitMix64) {
        let reaction = state.ready(
            isWritable: random.index(below: 2) == 0, isBroken: random.index(below: 12) == 0,
            isSecure: random.index(below: 4) == 0)
        switch reaction {
        case .ignore: break
        case .mute: if !state.isQueued { violation = "muted for ever" }
        case .close: close()
        case .readProxyHeader:
            switch random.index(below: 3) {
            case 0: close()
            case 1: state.endProxyHeader(isSecure: random.index(below: 2) == 0)
            default: break
            }
        case .flush:
            if !state.isBlocked { violation = "nothing to flush" }
            guard random.index(below: 2) == 0 else { return }
            if state.drain() == .linger { state.linger() }
        case .serve:
            if random.index(below: 2) == 0 {
                state.enqueue(at: [.fresh, .waiting, .waitingToRead][random.index(below: 3)])
            } else {
                visit(&random)
            }
        }
    }

    private mutating func serve(_ random: inout SplitMix64) {
        guard state.isQueued else { return }
        if state.place == .parked {
            // The oldest is admitted.
            state.enqueue(at: .waiting)
            return
        }
        _ = state.leaveQueue()
        visit(&random)
        if state.phase != .free, !state.isQueued { _ = state.unmute() }
    }

    private mutating func visit(_ random: inout SplitMix64) {
        if state.phase == .handshake {
            switch random.index(below: 4) {
            case 0: state.endHandshake()
            case 1: promise(isLast: true)
            case 2: state.linger()
            default: break
            }
            return
        }
        if !state.isWhole, random.index(below: 10) == 0 { return endStream() }
        for _ in 0..<4 where !state.isQueued && !state.holdsBack { step(&random) }
    }

    private mutating func endStream() {
        let isPromised = state.isPromised
        if isPromised { commit { true } }
        if state.phase == .free { return }
        if state.endOfStream(isCommitted: isPromised) { close() }
    }

    private mutating func step(_ random: inout SplitMix64) {
        switch state.phase {
        case .free, .proxyHeader, .handshake, .ending, .lingering: return
        case .head:
            switch random.index(below: 6) {
            case 0: hasInput = true
            case 1: promise(isLast: true)
            case 2: promise(isLast: random.index(below: 3) == 0)
            case 3: state.awaitBody(random.index(below: 2) == 0 ? 10 : nil)
            default: handle(&random)
            }
        case .body, .chunked:
            switch random.index(below: 3) {
            case 0: break
            case 1: handle(&random)
            default: promise(isLast: true)
            }
        case .waitsToBegin, .begun: handle(&random)
        }
    }

    private mutating func handle(_ random: inout SplitMix64) {
        hasInput = false
        switch random.index(below: 5) {
        case 0:
            state.begin(1)
            state.enqueue(at: .waiting)
        case 1: _ = state.park()
        case 2:
            state.begin(2)
            commit { random.index(below: 2) == 0 }
            if state.phase != .free { answer(isLast: false) }
        default: answer(isLast: random.index(below: 4) == 0)
        }
    }

    private mutating func answer(isLast: Bool) {
        state.endRequest()
        promise(isLast: isLast)
    }

    private mutating func promise(isLast: Bool) {
        uncommittedCount += 1
        if isLast, state.work != nil { state.endRequest() }
        state.promise(isLast: isLast)
    }

    /// The turn ends; `isSent`: whether the socket takes what it is given.
    private mutating func commit(_ isSent: () -> Bool) {
        guard state.isPromised else { return }
        // Those of others stand between its answers now and then.
        while uncommittedCount > 0 {
            let count = uncommittedCount > 1 ? uncommittedCount / 2 : 1
            uncommittedCount -= count
            let next = state.send(count, isComplete: !state.isBlocked && isSent())
            if next == .linger {
                if uncommittedCount > 0 { violation = "it ends before its last answer" }
                state.linger()
            }
        }
    }

    private mutating func expire() {
        // The server looks at the time when all of the turn is sent.
        if state.isPromised { return }
        switch state.deadline(hasInput: hasInput) {
        case .none: break
        case .close, .rejectProxyHeader: close()
        case .rejectRequest: promise(isLast: true)
        }
    }
}
