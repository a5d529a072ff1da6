import Glibc
import Linux

/// What a reload needs of the master.
package struct Reload: Sendable {
    package var workerCount: Int
    package var drainSeconds: Int64
    /// Seconds between the word that a stop will come and the stop.
    package var stopDelaySeconds: Int64
    /// Seconds without a heartbeat after which a child is killed.
    package var watchdogSeconds: Int64
    /// The new workers can only start when the old ones have gone.
    package var waitsForLeaving: Bool

    package init(
        workerCount: Int, drainSeconds: Int64, stopDelaySeconds: Int64 = 0,
        watchdogSeconds: Int64, waitsForLeaving: Bool = false
    ) {
        self.workerCount = workerCount
        self.drainSeconds = drainSeconds
        self.stopDelaySeconds = stopDelaySeconds
        self.watchdogSeconds = watchdogSeconds
        self.waitsForLeaving = waitsForLeaving
    }
}

/// The service behind the master: what its children do, and what a configuration is.
package protocol Supervised: AnyObject {
    /// Does a child's work, in its own process; returns the exit code.
    func run(_ child: Child) -> Int32

    /// Reads again what `reason` asks for, to be served as that of `generation`.
    ///
    /// - Returns: nil if it is wrong, after having said why.
    func reload(generation: Int, for reason: ReloadReason) -> Reload?

    /// All children of `generation` work: what only earlier ones needed can go.
    func adopt(generation: Int)

    /// Children of `generation` cannot work: what only they needed can go.
    func abandon(generation: Int, code: Int32)

    /// Tries the program's file, with what it would be started with, in a process of its own.
    ///
    /// - Returns: nil if it cannot be tried, after having said why.
    func tryUpgrade() -> pid_t?

    /// Starts the program's file in this process.
    ///
    /// It returns only if that fails, after having said why.
    func upgrade(children: [Handover.Child])

    /// A stop will come; what is sent until then is still taken.
    func announceStop()

    /// No new work is wanted.
    func beginStop()

    /// Monotonic seconds of the last heartbeat of the child with this row; 0 if there was none.
    func heartbeat(row: Int) -> Int64

    /// Something has happened.
    func note(_ event: Master.Event)

    /// A second has passed.
    func tick(_ state: MasterState)

    /// Whether certificates or tokens have changed on the disk, and are to be read again; asked
    /// for each second.
    func isRenewalDue() -> Bool
}
