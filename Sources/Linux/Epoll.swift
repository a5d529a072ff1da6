// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// Names what an event belongs to: a slot of a table and the slot's version.
///
/// When a connection is closed while an event of it still waits in the same batch, the next
/// connection in its slot must not get that event: the versions differ.
package struct EventToken: Equatable, Sendable {
    package var slot: UInt32
    package var version: UInt32

    @inlinable package init(slot: UInt32, version: UInt32) {
        self.slot = slot
        self.version = version
    }

    @inlinable var packed: UInt64 { UInt64(version) << 32 | UInt64(slot) }

    @inlinable init(packed: UInt64) {
        slot = UInt32(truncatingIfNeeded: packed)
        version = UInt32(truncatingIfNeeded: packed >> 32)
    }
}

/// The events that a descriptor is watched for.
package struct Interest: OptionSet, Sendable {
    package let rawValue: UInt32
    package init(rawValue: UInt32) { self.rawValue = rawValue }

    package static let readable = Interest(rawValue: EPOLLIN.rawValue)
    package static let writable = Interest(rawValue: EPOLLOUT.rawValue)
    /// Wakes one of the processes that wait for the same descriptor, not all of them.
    package static let exclusive = Interest(rawValue: EPOLLEXCLUSIVE.rawValue)
    /// Reports new bytes once, and not bytes that are there still.
    package static let edgeTriggered = Interest(rawValue: EPOLLET.rawValue)
}

/// The events of a descriptor.
package struct Event: Sendable {
    package var token: EventToken
    package var isReadable: Bool
    package var isWritable: Bool
    /// Hung up or in error: reading tells which.
    package var isBroken: Bool
}

/// A set of descriptors and the events that wait on them, epoll(7), level-triggered if not asked otherwise.
package struct Epoll: ~Copyable {
    private let descriptor: Descriptor
    private let events: UnsafeMutableBufferPointer<epoll_event>

    /// At most `capacity` events are taken in one turn.
    package init(capacity: Int = 1024) throws(Errno) {
        let number: Int32 = try systemCall(.epoll_create1) { epoll_create1(O_CLOEXEC) }
        descriptor = Descriptor(owning: number)
        events = .allocate(capacity: capacity)
        events.initialize(repeating: epoll_event())
    }

    deinit { events.deallocate() }

    package func add(_ number: Int32, _ interest: Interest, _ token: EventToken) throws(Errno) {
        try control(EPOLL_CTL_ADD, number, interest, token)
    }

    package func modify(_ number: Int32, _ interest: Interest, _ token: EventToken) throws(Errno) {
        try control(EPOLL_CTL_MOD, number, interest, token)
    }

    /// Forgets a descriptor that stays open. (Closing it is forgetting it.)
    package func remove(_ number: Int32) throws(Errno) {
        try control(EPOLL_CTL_DEL, number, [], EventToken(slot: 0, version: 0))
    }

    private func control(
        _ operation: Int32, _ number: Int32, _ interest: Interest, _ token: EventToken
    ) throws(Errno) {
        var event = epoll_event()
        event.events = interest.rawValue
        event.data.u64 = token.packed
        _ = try systemCall(.epoll_ctl) {
            epoll_ctl(descriptor.rawValue, operation, number, &event)
        }
    }

    /// Waits until something happens or `timeoutMilliseconds` (-1: for ever) are over; returns
    /// the number of events, each then read with the subscript.
    package func wait(timeoutMilliseconds: Int32 = -1) throws(Errno) -> Int {
        // Newer headers of glibc than Debian 12's say that this is never NULL.
        guard let room = events.baseAddress else { return 0 }
        let count: Int32 = try systemCall(.epoll_wait) {
            epoll_wait(descriptor.rawValue, room, Int32(events.count), timeoutMilliseconds)
        }
        return Int(count)
    }

    package subscript(index: Int) -> Event {
        let event = events[index]
        let bits = event.events
        return Event(
            token: EventToken(packed: event.data.u64),
            isReadable: bits & EPOLLIN.rawValue != 0,
            isWritable: bits & EPOLLOUT.rawValue != 0,
            isBroken: bits & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0)
    }
}
