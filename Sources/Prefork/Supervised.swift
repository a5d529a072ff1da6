// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux

/// What the master has to know of a configuration.
package struct Reload: Sendable {
    /// The children that it needs.
    ///
    /// The first child of the first role starts alone.
    package var roles: [Role]
    package var drainSeconds: Int64
    /// Seconds between the announcement of a stop and the stop.
    package var stopDelaySeconds: Int64
    /// Seconds without a heartbeat after which a child is killed.
    package var watchdogSeconds: Int64
    /// Whether its children can start only when the old ones have ended.
    package var waitsForLeaving: Bool

    package init(
        roles: [Role], drainSeconds: Int64, stopDelaySeconds: Int64 = 0,
        watchdogSeconds: Int64, waitsForLeaving: Bool = false
    ) {
        self.roles = roles
        self.drainSeconds = drainSeconds
        self.stopDelaySeconds = stopDelaySeconds
        self.watchdogSeconds = watchdogSeconds
        self.waitsForLeaving = waitsForLeaving
    }
}

/// The service that the master supervises: the work of its children, and its configurations.
package protocol Supervised: AnyObject {
    /// Does a child's work in its own process; returns the exit code.
    func run(_ child: Child) -> Int32

    /// Reads what `reason` asks for; it becomes the configuration of `generation`.
    ///
    /// - Returns: nil if it is wrong; the service has then logged why.
    func reload(generation: Int, for reason: ReloadReason) -> Reload?

    /// All children of `generation` work: releases what only earlier ones needed.
    func adopt(generation: Int)

    /// Children of `generation` cannot work: releases what only they needed.
    func abandon(generation: Int, code: Int32)

    /// Tries the program's file, with its arguments, in a process of its own.
    ///
    /// - Returns: nil if it cannot be tried; the service has then logged why.
    func tryUpgrade() -> pid_t?

    /// Starts the program's file in this process.
    ///
    /// It returns only if that fails; the service has then logged why.
    func upgrade(children: [Handover.Child])

    /// A stop will come; requests are still accepted until then.
    func announceStop()

    /// The stop begins: no new requests are accepted.
    func beginStop()

    /// Monotonic seconds of the last heartbeat of the child with this row; 0 if there was none.
    func heartbeat(row: Int) -> Int64

    /// Logs and counts an event.
    func note(_ event: Master.Event)

    /// A second has passed.
    func tick(_ state: MasterState)

    /// Whether certificates or tokens have changed on the disk and should be read again; called
    /// once a second.
    func isRenewalDue() -> Bool
}
