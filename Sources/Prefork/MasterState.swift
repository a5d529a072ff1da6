// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux

/// The decisions of the master: pure, so that tests can try every order of deaths and signals
/// without a process.
///
/// The children of one configuration are a cohort. A reload builds a second cohort beside the
/// first; when it is whole it takes over, and the first leaves. Times are monotonic seconds.
package struct MasterState {
    /// What the master is to do.
    package enum Action: Equatable, Sendable {
        case start(Start)
        case signal(pid_t, Int32)
        /// A stop will come; requests are still accepted until the children are signalled.
        case announceStop
        /// The children are about to be told to end.
        case beginStop
        /// All children of this generation work; those of the one before are leaving.
        case adopt(generation: Int)
        /// This generation cannot work: `code` is the exit code of the child that failed.
        case abandon(generation: Int, code: Int32)
        /// The service ends with this exit code.
        case finish(code: Int32)
    }

    /// A child to fork.
    package struct Start: Equatable, Sendable {
        package let position: Position
        package let generation: Int
        package let row: Int
    }

    /// A child that has been told to end.
    struct Leaving: Equatable {
        var member: Member
        var killAt: Int64
    }

    enum Phase: Equatable {
        case running
        case announced(stopAt: Int64)
        case stopping(code: Int32)
    }

    /// A child that exits with one of these codes reports that its configuration cannot work.
    package static let fatalCodes: ClosedRange<Int32> = 64...78
    /// How many children of one place in a row may die before they have worked.
    package static let bootFailureLimit = 5
    /// How long a new cohort may take to become whole, counted from when it may start.
    package static let bootSeconds: Int64 = 60
    /// Between two attempts to kill the same child.
    static let killAgainSeconds: Int64 = 10
    /// EX_SOFTWARE: children die at their start and give no reason.
    package static let bootFailureCode: Int32 = 70

    var current: Cohort
    var incoming: Cohort?
    var leaving: [Leaving] = []
    var phase = Phase.running
    var rows: Rows

    /// - Parameters:
    ///   - first: the first configuration; if it waits, the first tick tells the predecessors to
    ///     end.
    ///   - rowCount: rows of the scoreboard; 0 is the master's own.
    ///   - predecessors: children of an earlier program in this process, which serve until the
    ///     first cohort is whole.
    package init(
        _ first: Reload, rowCount: Int, predecessors: [Handover.Child] = [], now: Int64
    ) {
        current = Cohort(of: predecessors, before: first, now: now)
        incoming = Cohort(generation: 0, first, now: now)
        rows = Rows(count: rowCount)
        for child in predecessors { rows.take(child.row) }
    }

    // MARK: What happens

    /// A child has been forked.
    package mutating func started(_ start: Start, process: pid_t, now: Int64) {
        let member = Member(process: process, row: start.row, startedAt: now)
        update(start) { place in
            if place.member == nil { place.member = member } else { place.successor = member }
            place.startAt = nil
        }
    }

    /// The child could not be forked; it is tried again in a second.
    package mutating func failedToStart(_ start: Start, now: Int64) {
        rows.release(start.row)
        update(start) { $0.startAt = now + 1 }
    }

    /// A child reports that it works.
    package mutating func isReady(_ process: pid_t, now: Int64) -> [Action] {
        var replaced: Member?
        change(process) { place in
            place.bootFailures = 0
            if place.successor?.process == process {
                replaced = place.member
                place.member = place.successor
                place.successor = nil
                place.wantsSuccessor = false
            }
            place.member?.isReady = true
        }
        var actions: [Action] = []
        if let replaced { actions += dismiss([replaced], after: current.drainSeconds, now: now) }
        return actions + settle(now: now) + due(now: now)
    }

    /// A child asks for a successor, which takes over when it is ready.
    package mutating func wantsSuccessor(_ process: pid_t, now: Int64) -> [Action] {
        guard phase == .running else { return [] }
        guard current.generation >= 0 || current.index(of: process) == nil else { return [] }
        change(process) { place in
            guard place.member?.process == process, !place.wantsSuccessor else { return }
            place.wantsSuccessor = true
            place.startAt = now
        }
        return due(now: now)
    }

    /// A child has recorded no heartbeat for too long.
    package mutating func isHung(_ process: pid_t) -> [Action] { [.signal(process, SIGKILL)] }

    /// A child has ended.
    ///
    /// An orphan, which PID 1 inherits, is ignored.
    package mutating func ended(
        _ process: pid_t, _ status: ExitStatus, now: Int64
    ) -> [Action] {
        if let index = leaving.firstIndex(where: { $0.member.process == process }) {
            rows.release(leaving.remove(at: index).member.row)
            return finishIfEmpty() + due(now: now)
        }
        var actions: [Action] = []
        if current.generation < 0, incoming == nil, current.members.count == 1,
            current.index(of: process) != nil
        {
            // The last child of an earlier program, and the children of this one could not start.
            _ = current.vacate(process, now: now, rows: &rows)
            return stop(with: SIGTERM, within: 1, code: Self.bootFailureCode, now: now)
        }
        if let vacancy = incoming?.vacate(process, now: now, rows: &rows) {
            if let code = Self.failure(vacancy.place, status) {
                actions = abandon(code: code, now: now)
            }
        } else if let vacancy = current.vacate(process, now: now, rows: &rows),
            !vacancy.hadWorked, vacancy.place.isEssential,
            !current.hasReadyChild(of: vacancy.place.position.role), incoming == nil,
            vacancy.place.bootFailures >= Self.bootFailureLimit
        {
            let code = Self.failure(vacancy.place, status) ?? Self.bootFailureCode
            actions = stop(with: SIGTERM, within: current.drainSeconds + 1, code: code, now: now)
        }
        return actions + due(now: now)
    }

    /// A second has passed.
    package mutating func tick(now: Int64) -> [Action] {
        var actions: [Action] = []
        if incoming?.hasDisplaced == true {
            actions += dismiss(current.dismiss(), after: current.drainSeconds, now: now)
        }
        if case .announced(let stopAt) = phase, now >= stopAt {
            actions += stop(with: SIGTERM, within: current.drainSeconds + 1, code: 0, now: now)
        }
        for index in leaving.indices where now >= leaving[index].killAt {
            actions.append(.signal(leaving[index].member.process, SIGKILL))
            // A process that waits for a disk cannot die yet; the signal is repeated, but not each
            // second.
            leaving[index].killAt = now + Self.killAgainSeconds
        }
        if let cohort = incoming, !cohort.waitsForLeaving, now >= cohort.beganAt + Self.bootSeconds
        {
            actions += abandon(code: Self.bootFailureCode, now: now)
        }
        return actions + due(now: now)
    }

    // MARK: What is asked for

    /// The master has received TERM or INT.
    ///
    /// A second TERM ends the delay of an announced stop.
    package mutating func stop(_ signal: Int32, now: Int64) -> [Action] {
        guard signal == SIGTERM else { return stop(with: SIGINT, within: 2, code: 0, now: now) }
        if phase == .running, current.stopDelaySeconds > 0 {
            phase = .announced(stopAt: now + current.stopDelaySeconds)
            return [.announceStop]
        }
        return stop(with: SIGTERM, within: current.drainSeconds + 1, code: 0, now: now)
    }

    /// Serves another configuration.
    ///
    /// If it waits, its children can start only when the old ones have released what both cannot
    /// use at the same time.
    package mutating func reload(generation: Int, _ wanted: Reload, now: Int64) -> [Action] {
        precondition(incoming == nil && phase == .running)
        var cohort = Cohort(generation: generation, wanted, now: now)
        // A cohort that still waits has nothing to release, but the next one waits for the same
        // children.
        if current.waitsForLeaving { cohort.makeRoom() }
        incoming = cohort
        guard cohort.hasDisplaced else { return due(now: now) }
        return dismiss(current.dismiss(), after: current.drainSeconds, now: now) + due(now: now)
    }

    /// One child of the resizable role more or less.
    package mutating func resize(by change: Int, limit: Int, now: Int64) -> [Action] {
        guard phase == .running, incoming == nil else { return [] }
        guard let removed = current.resize(by: change, limit: limit, now: now) else {
            return due(now: now)
        }
        return dismiss(
            [removed.member, removed.successor].compactMap { $0 }, after: current.drainSeconds,
            now: now)
    }
}
