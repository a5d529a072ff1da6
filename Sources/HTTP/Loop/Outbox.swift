// SPDX-License-Identifier: Apache-2.0

import Bytes
import Linux

/// Committed answers on their way to the sockets.
final class Outbox {
    private let pool: ConnectionPool
    private let clock: TurnClock

    init(pool: ConnectionPool, clock: TurnClock) {
        self.pool = pool
        self.clock = clock
    }

    /// Sends `count` answers to the connection in `slot`; the bytes that its socket does not take
    /// wait.
    func send(_ count: Int, to slot: UInt32, _ bytes: Span<UInt8>) {
        var sent = 0
        if !pool[slot].state.isBlocked {
            switch pool.send(slot, bytes) {
            case .bytes(let byteCount): sent = byteCount
            case .wouldBlock: break
            case .closed: return pool.close(slot)
            }
        }
        let rest = bytes.count - sent
        if rest > 0 {
            // A peer that does not read its answers may use only the memory that is left.
            guard pool.load.hasRoom(forAnswers: rest) else { return pool.close(slot) }
            pool[slot].output.append(bytes.extracting(sent...))
            pool.count(slot)
        }
        proceed(slot, pool[slot].state.send(count, isComplete: rest == 0))
    }

    /// Sends the bytes that waited, after the socket became writable; returns whether the
    /// connection continues.
    func flush(_ slot: UInt32) -> Bool {
        switch pool.send(slot, pool[slot].output.span) {
        case .bytes(let count):
            pool[slot].output.removeFirst(count)
            pool[slot].continueTransfer(by: count, now: clock.second, limits: pool.limits)
        case .wouldBlock: return false
        case .closed:
            pool.close(slot)
            return false
        }
        guard pool[slot].output.isEmpty else { return false }
        pool.setInterest(slot, .readable)
        pool.shrink(slot)
        pool[slot].restartDeadline(now: clock.second, limits: pool.limits)
        let next = pool[slot].state.drain()
        proceed(slot, next)
        return next == .proceed
    }

    @inline(__always)
    private func proceed(_ slot: UInt32, _ next: ConnectionState.Continuation) {
        switch next {
        case .proceed: break
        case .linger: linger(slot)
        case .waitToWrite:
            pool[slot].beginTransfer(now: clock.second, limits: pool.limits)
            pool.setInterest(slot, .writable)
        }
    }

    /// Shuts down the sending side, and waits a moment for the peer to close.
    func linger(_ slot: UInt32) {
        pool[slot].state.linger()
        if pool[slot].isSecure { pool[slot].session?.sendCloseNotify() }
        pool[slot].socket?.shutdownSending()
        pool[slot].deadline = clock.second + Self.lingerSeconds
    }

    /// How long a peer may take to notice that the connection has ended.
    private static var lingerSeconds: Int64 { 2 }
}
