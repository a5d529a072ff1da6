import Glibc
import Linux

/// What the master of the processes decides: pure, so that every order of deaths and signals can
/// be tried without a process.
///
/// A child has a slot, which its successor takes over. Times are monotonic seconds.
package struct MasterState {
    /// What the master is to do.
    package enum Action: Equatable, Sendable {
        case start(slot: Int)
        case signal(pid_t, Int32)
        /// The service ends with this exit code.
        case finish(code: Int32)
    }

    private enum Phase: Equatable {
        case running
        case stopping(killAt: Int64, code: Int32)
    }

    private struct Slot {
        var process: pid_t?
        var startedAt: Int64 = 0
        var startAt: Int64?
        var policy = RespawnPolicy()
    }

    /// A child that exits with one of these codes says that a successor could do no better.
    package static let fatalCodes: ClosedRange<Int32> = 64...78

    private var slots: [Slot]
    private var phase = Phase.running
    private let drainSeconds: Int64

    /// - Parameter drainSeconds: how long children may take to stop before they are killed.
    package init(slotCount: Int, drainSeconds: Int64) {
        slots = Array(repeating: Slot(startAt: 0), count: slotCount)
        self.drainSeconds = drainSeconds
    }

    package var isStopping: Bool { phase != .running }

    /// The slot of a living child.
    package func slot(of process: pid_t) -> Int? {
        slots.firstIndex { $0.process == process }
    }

    /// The child of `slot` lives.
    package mutating func started(slot: Int, process: pid_t, now: Int64) {
        slots[slot].process = process
        slots[slot].startedAt = now
        slots[slot].startAt = nil
    }

    /// The child of `slot` could not be forked; it is tried again in a second.
    package mutating func failedToStart(slot: Int, now: Int64) {
        slots[slot].startAt = now + 1
    }

    /// A signal has come for the master.
    package mutating func received(_ signal: Int32, now: Int64) -> [Action] {
        switch signal {
        case SIGTERM: stop(with: SIGTERM, killAt: now + drainSeconds + 1, code: 0)
        case SIGINT, SIGQUIT: stop(with: SIGINT, killAt: now + 2, code: 0)
        default: []
        }
    }

    /// A child has ended.
    ///
    /// One that is nobody's, an orphan that a PID 1 inherits, is no matter.
    package mutating func ended(
        _ process: pid_t, _ status: ExitStatus, now: Int64
    ) -> [Action] {
        guard let index = slot(of: process) else { return [] }
        slots[index].process = nil
        if case .stopping(_, let code) = phase {
            return slots.allSatisfy { $0.process == nil } ? [.finish(code: code)] : []
        }
        if case .exited(let code) = status, Self.fatalCodes.contains(code) {
            return stop(with: SIGTERM, killAt: now + drainSeconds + 1, code: code)
        }
        let delay = slots[index].policy.delay(afterLiving: now - slots[index].startedAt)
        slots[index].startAt = now + delay
        return due(now: now)
    }

    /// A second has passed.
    package func tick(now: Int64) -> [Action] {
        guard case .stopping(let killAt, _) = phase else { return due(now: now) }
        guard now >= killAt else { return [] }
        return slots.compactMap { $0.process }.map { .signal($0, SIGKILL) }
    }

    /// The children that are to be started now.
    private func due(now: Int64) -> [Action] {
        slots.indices.filter { slots[$0].process == nil && (slots[$0].startAt ?? .max) <= now }
            .map { .start(slot: $0) }
    }

    /// A second TERM changes nothing; INT after TERM makes haste.
    private mutating func stop(with signal: Int32, killAt: Int64, code: Int32) -> [Action] {
        if case .stopping(let earlier, let first) = phase {
            phase = .stopping(killAt: min(earlier, killAt), code: first)
        } else {
            phase = .stopping(killAt: killAt, code: code)
        }
        let living = slots.compactMap { $0.process }
        if living.isEmpty { return [.finish(code: code)] }
        return living.map { .signal($0, signal) }
    }
}
