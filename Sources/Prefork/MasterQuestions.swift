import Glibc

/// What can be asked of the master's state.
extension MasterState {
    package var isStopping: Bool { if case .stopping = phase { true } else { false } }

    /// Whether a reload or the first start is under way.
    package var isChanging: Bool { incoming != nil }

    /// Whether another configuration may be tried now.
    ///
    /// Who asks a hundred times a second is not to have a hundred generations beside each other.
    package var canReload: Bool {
        phase == .running && incoming == nil && leaving.count <= 4 * current.places.count
    }

    /// Whether another program may take over now.
    ///
    /// It would know nothing of a stop that was announced, nor of sockets that a reload has opened.
    package var canUpgrade: Bool { phase == .running && incoming == nil }

    /// The workers that there should be.
    package var workerCount: Int { (incoming ?? current).workerCount }

    /// A living child that has not been told to end.
    package struct Working: Equatable, Sendable {
        package var process: pid_t
        package var role: Role
        package var row: Int
        package var startedAt: Int64
    }

    /// Those who should show signs of life.
    package var working: [Working] {
        [current, incoming].compactMap { $0 }.filter { $0.generation >= 0 }.flatMap { cohort in
            cohort.places.flatMap { place in
                [place.member, place.successor].compactMap { $0 }.map {
                    Working(
                        process: $0.process, role: place.role, row: $0.row, startedAt: $0.startedAt)
                }
            }
        }
    }

    /// Every child that lives, also those who leave.
    package var children: [Handover.Child] {
        (current.members + (incoming?.members ?? []) + leaving.map(\.member)).map {
            Handover.Child(process: $0.process, row: $0.row)
        }
    }

    /// What is known of a living child: its role, its row, and whether it has been told to end.
    ///
    /// Of one that is leaving, or of an earlier program, the role is nil.
    package func child(_ process: pid_t) -> (role: Role?, row: Int, isLeaving: Bool)? {
        if let child = working.first(where: { $0.process == process }) {
            return (child.role, child.row, false)
        }
        if let gone = leaving.first(where: { $0.member.process == process }) {
            return (nil, gone.member.row, true)
        }
        if let earlier = current.members.first(where: { $0.process == process }) {
            return (nil, earlier.row, false)
        }
        return nil
    }

    /// When the next child is started that waits because others died young; nil: none waits.
    package var nextStart: Int64? {
        [current.nextStart, incoming?.nextStart].compactMap { $0 }.min()
    }
}
