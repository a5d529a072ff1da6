// SPDX-License-Identifier: Apache-2.0

import Linux

/// The connections of a process, each in its slot for as long as it is open.
struct ConnectionTable: ~Copyable {
    // SAFETY: slots 0..<initializedCount are initialized and stay where they are until deinit;
    // the subscript lends one of them for mutation, and the server holds one at a time.
    private let storage: UnsafeMutablePointer<Connection>
    private let limits: Limits
    private(set) var initializedCount = 0
    private var freeSlots: [UInt32] = []
    private(set) var count = 0

    let capacity: Int

    init(limits: Limits) {
        self.limits = limits
        capacity = limits.connections + limits.surplusConnections
        storage = .allocate(capacity: capacity)
    }

    deinit {
        storage.deinitialize(count: initializedCount)
        storage.deallocate()
    }

    /// The connection in `slot`, which must have been claimed before.
    subscript(slot: UInt32) -> Connection {
        @inline(__always) unsafeAddress { UnsafePointer(storage + Int(slot)) }
        @inline(__always) nonmutating unsafeMutableAddress { storage + Int(slot) }
    }

    /// A slot for a new connection; nil when all are taken.
    mutating func claim() -> UInt32? {
        if let slot = freeSlots.popLast() {
            count += 1
            return slot
        }
        guard initializedCount < capacity else { return nil }
        (storage + initializedCount).initialize(to: Connection(limits: limits))
        initializedCount += 1
        count += 1
        return UInt32(initializedCount - 1)
    }

    /// Closes the connection in `slot`; events that still refer to it will find another version.
    mutating func release(_ slot: UInt32) {
        let version = storage[Int(slot)].version
        storage[Int(slot)] = Connection(limits: limits)
        storage[Int(slot)].version = version &+ 1
        freeSlots.append(slot)
        count -= 1
    }

    /// The slot that `token` means; nil when its connection is gone.
    func slot(of token: EventToken) -> UInt32? {
        guard Int(token.slot) < initializedCount else { return nil }
        let connection = storage + Int(token.slot)
        guard connection.pointee.version == token.version,
            connection.pointee.state.phase != .free
        else { return nil }
        return token.slot
    }
}
