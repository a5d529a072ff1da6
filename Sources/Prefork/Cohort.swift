import Glibc

/// A child that lives.
struct Member: Equatable {
    var process: pid_t
    var row: Int
    var startedAt: Int64
    /// Whether it has said that it works.
    var isReady = false
}

/// A role in a cohort, who has it, and who will have it next.
struct Place {
    let role: Role
    var member: Member?
    /// Takes the place over once it is ready.
    var successor: Member?
    var wantsSuccessor = false
    /// When the next child of this place is to be started; nil: not at all.
    var startAt: Int64?
    var policy = RespawnPolicy()
    /// Children in a row that ended before they were ready.
    var bootFailures = 0

    /// Whether a child is wanted that is not there.
    var isVacant: Bool { member == nil || (wantsSuccessor && successor == nil) }
}

/// The children that serve one configuration.
struct Cohort {
    let generation: Int
    /// Workers by their numbers, then the sealer.
    var places: [Place]
    let drainSeconds: Int64
    let stopDelaySeconds: Int64
    /// Whether all its places have been filled at the same time, once.
    var wasWhole = false
    /// Nobody is started before all who leave have gone.
    var waitsForLeaving = false
    /// Those before it were told to go before it began: both cannot be there at the same time.
    var hasDisplaced = false
    /// When its first child was due.
    var beganAt: Int64

    init(generation: Int, _ wanted: Reload, now: Int64) {
        self.generation = generation
        drainSeconds = wanted.drainSeconds
        stopDelaySeconds = wanted.stopDelaySeconds
        beganAt = now
        places =
            (0..<wanted.workerCount).map { Place(role: .worker($0), startAt: now) }
            + [Place(role: .sealer, startAt: now)]
        if wanted.waitsForLeaving { makeRoom() }
    }

    /// Lets it begin when those before it have gone.
    mutating func makeRoom() {
        waitsForLeaving = true
        hasDisplaced = true
    }

    var workerCount: Int { places.count { $0.role.isWorker } }

    var members: [Member] {
        places.flatMap { [$0.member, $0.successor] }.compactMap { $0 }
    }

    /// When the next child is started that may be started.
    var nextStart: Int64? {
        if waitsForLeaving { return nil }
        return (hasLeader ? places[...] : places.prefix(1)).filter(\.isVacant)
            .compactMap(\.startAt).min()
    }

    /// The first worker goes ahead: what is wrong with the configuration is then said once.
    private var hasLeader: Bool { wasWhole || places.first?.member?.isReady == true }

    var isWhole: Bool { places.allSatisfy { $0.member?.isReady == true } }

    var hasReadyWorker: Bool {
        places.contains { $0.role.isWorker && $0.member?.isReady == true }
    }

    /// The place that `process` has or will have.
    func index(of process: pid_t) -> Int? {
        places.firstIndex { $0.member?.process == process || $0.successor?.process == process }
    }

    mutating func update(_ role: Role, _ body: (inout Place) -> Void) {
        guard let index = places.firstIndex(where: { $0.role == role }) else { return }
        body(&places[index])
    }

    /// The children that are to be forked now, each with a row of its own.
    mutating func starts(
        now: Int64, nobodyLeaves: Bool, rows: inout Rows
    ) -> [MasterState.Start] {
        if waitsForLeaving {
            guard nobodyLeaves else { return [] }
            waitsForLeaving = false
            beganAt = now
        }
        var starts: [MasterState.Start] = []
        for index in hasLeader ? places.indices : 0..<1 {
            let place = places[index]
            guard place.isVacant, let startAt = place.startAt, startAt <= now,
                let row = rows.claim()
            else { continue }
            // Until it is known whether it could be forked, nobody asks for it again.
            places[index].startAt = nil
            starts.append(MasterState.Start(role: place.role, generation: generation, row: row))
        }
        return starts
    }

    /// A place that a child has left by its end.
    struct Vacancy {
        var place: Place
        /// Whether the child had said that it works.
        var hadWorked: Bool
    }

    /// Takes a child that has ended out of its place; nil if that one is not to be filled again.
    mutating func vacate(_ process: pid_t, now: Int64, rows: inout Rows) -> Vacancy? {
        guard let index = index(of: process) else { return nil }
        // Who served an earlier program is not replaced.
        if generation < 0 {
            if let member = places.remove(at: index).member { rows.release(member.row) }
            return nil
        }
        let isSuccessor = places[index].successor?.process == process
        guard let ended = isSuccessor ? places[index].successor : places[index].member else {
            return nil
        }
        rows.release(ended.row)
        if !ended.isReady { places[index].bootFailures += 1 }
        if !isSuccessor {
            places[index].member = places[index].successor
            places[index].wantsSuccessor = false
        }
        places[index].successor = nil
        if places[index].isVacant {
            places[index].startAt =
                now + places[index].policy.delay(afterLiving: now - ended.startedAt)
        }
        return Vacancy(place: places[index], hadWorked: ended.isReady)
    }

    /// Takes all members out of their places.
    mutating func dismiss() -> [Member] {
        let dismissed = members
        for index in places.indices {
            places[index].member = nil
            places[index].successor = nil
            places[index].wantsSuccessor = false
            places[index].startAt = nil
        }
        return dismissed
    }
}

/// Which rows of the scoreboard are taken.
///
/// The lowest free one is used first, so that few rows are ever looked at.
package struct Rows: Equatable, Sendable {
    private var isTaken: [Bool]

    /// Row 0 is the master's.
    init(count: Int) {
        isTaken = Array(repeating: false, count: count)
        isTaken[0] = true
    }

    mutating func claim() -> Int? {
        guard let row = isTaken.firstIndex(of: false) else { return nil }
        isTaken[row] = true
        return row
    }

    mutating func take(_ row: Int) {
        if isTaken.indices.contains(row) { isTaken[row] = true }
    }

    mutating func release(_ row: Int) {
        if row > 0, row < isTaken.count { isTaken[row] = false }
    }
}
