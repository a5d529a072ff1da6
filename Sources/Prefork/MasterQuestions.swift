// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Questions about the master's state.
extension MasterState {
    package var isStopping: Bool { if case .stopping = phase { true } else { false } }

    /// Whether a reload or the first start is under way.
    package var isChanging: Bool { incoming != nil }

    /// Whether another configuration may be tried now.
    ///
    /// A hundred HUPs a second must not leave a hundred generations beside each other.
    package var canReload: Bool {
        phase == .running && incoming == nil && leaving.count <= 4 * current.places.count
    }

    /// Whether another program may take over now.
    ///
    /// Another program would not know of an announced stop, nor of sockets that a reload opened.
    package var canUpgrade: Bool { phase == .running && incoming == nil }

    /// How many children of a role there should be.
    package func count(of role: String) -> Int { (incoming ?? current).count(of: role) }

    /// Seconds without a heartbeat after which the current configuration has a child killed.
    var watchdogSeconds: Int64 { current.watchdogSeconds }

    /// A living child that has not been told to end.
    package struct Working: Equatable, Sendable {
        package var process: pid_t
        package var position: Position
        package var row: Int
        package var startedAt: Int64
    }

    /// The children that should record heartbeats.
    package var working: [Working] {
        [current, incoming].compactMap { $0 }.filter { $0.generation >= 0 }.flatMap { cohort in
            cohort.places.flatMap { place in
                [place.member, place.successor].compactMap { $0 }.map {
                    Working(
                        process: $0.process, position: place.position, row: $0.row,
                        startedAt: $0.startedAt)
                }
            }
        }
    }

    /// Every living child, also those that leave.
    package var children: [Handover.Child] {
        (current.members + (incoming?.members ?? []) + leaving.map(\.member)).map {
            Handover.Child(process: $0.process, row: $0.row)
        }
    }

    /// A living child: its position, its row, and whether it has been told to end.
    ///
    /// The position of a child that is leaving, or of an earlier program, is nil.
    package func child(_ process: pid_t) -> (position: Position?, row: Int, isLeaving: Bool)? {
        if let child = working.first(where: { $0.process == process }) {
            return (child.position, child.row, false)
        }
        if let gone = leaving.first(where: { $0.member.process == process }) {
            return (nil, gone.member.row, true)
        }
        if let earlier = current.members.first(where: { $0.process == process }) {
            return (nil, earlier.row, false)
        }
        return nil
    }

    /// When the next child starts that waits because earlier ones died young; nil if none waits.
    package var nextStart: Int64? {
        [current.nextStart, incoming?.nextStart].compactMap { $0 }.min()
    }
}
