// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A living child.
struct Member: Equatable {
    var process: pid_t
    var row: Int
    var startedAt: Int64
    /// Whether it has reported that it works.
    var isReady = false
}

/// A position in a cohort, its child, and the child that will have it next.
struct Place {
    let position: Position
    /// Whether the service stops when no child of this role can start any more.
    let isEssential: Bool
    var member: Member?
    /// Takes the place over once it is ready.
    var successor: Member?
    var wantsSuccessor = false
    /// When the next child of this place is to be started; nil: not at all.
    var startAt: Int64?
    var policy = RespawnPolicy()
    /// Children in a row that ended before they were ready.
    var bootFailures = 0

    /// Whether a child is missing.
    var isVacant: Bool { member == nil || (wantsSuccessor && successor == nil) }

    init(_ position: Position, of role: Role, startAt: Int64?) {
        self.position = position
        isEssential = role.isEssential
        self.startAt = startAt
    }
}

/// The children that serve one configuration.
struct Cohort {
    let generation: Int
    /// In the order of the roles, then of the numbers.
    var places: [Place]
    /// The role whose count TTIN and TTOU change.
    let resizable: Role?
    let drainSeconds: Int64
    let stopDelaySeconds: Int64
    let watchdogSeconds: Int64
    /// Whether all its places were ever filled at the same time.
    var wasWhole = false
    /// Whether its children start only when no child is leaving any more.
    var waitsForLeaving = false
    /// Whether the children before it were told to end before it began, because both cannot run at
    /// the same time.
    var hasDisplaced = false
    /// When its first child was due.
    var beganAt: Int64

    init(generation: Int, _ wanted: Reload, now: Int64) {
        self.generation = generation
        drainSeconds = wanted.drainSeconds
        stopDelaySeconds = wanted.stopDelaySeconds
        watchdogSeconds = wanted.watchdogSeconds
        resizable = wanted.roles.first(where: \.isResizable)
        beganAt = now
        places = wanted.roles.flatMap { role in
            role.positions.map { Place($0, of: role, startAt: now) }
        }
        if wanted.waitsForLeaving { makeRoom() }
    }

    /// The children of an earlier program, which serve until those of `wanted` are ready.
    init(of predecessors: [Handover.Child], before wanted: Reload, now: Int64) {
        self.init(generation: -1, wanted, now: now)
        wasWhole = true
        places = predecessors.map { child in
            var place = Place(Role.earlier.position(0), of: .earlier, startAt: nil)
            place.member = Member(
                process: child.process, row: child.row, startedAt: now, isReady: true)
            return place
        }
    }

    /// Lets it begin when the children before it have ended.
    mutating func makeRoom() {
        waitsForLeaving = true
        hasDisplaced = true
    }

    func count(of role: String) -> Int { places.count { $0.position.role == role } }

    var members: [Member] {
        places.flatMap { [$0.member, $0.successor] }.compactMap { $0 }
    }

    /// When the next child may start; nil if none waits for its time.
    var nextStart: Int64? {
        if waitsForLeaving { return nil }
        return (hasLeader ? places[...] : places.prefix(1)).filter(\.isVacant)
            .compactMap(\.startAt).min()
    }

    /// The first child of the first role starts alone: what is wrong with the configuration is then
    /// reported once, and not by every child.
    private var hasLeader: Bool { wasWhole || places.first?.member?.isReady == true }

    var isWhole: Bool { places.allSatisfy { $0.member?.isReady == true } }

    func hasReadyChild(of role: String) -> Bool {
        places.contains { $0.position.role == role && $0.member?.isReady == true }
    }

    /// Adds a place of the resizable role, or removes its last one; returns the removed place.
    mutating func resize(by change: Int, limit: Int, now: Int64) -> Place? {
        guard generation >= 0, let role = resizable else { return nil }
        let count = count(of: role.name)
        guard (1...limit).contains(count + change),
            let last = places.lastIndex(where: { $0.position.role == role.name })
        else { return nil }
        if change < 0 { return places.remove(at: last) }
        places.insert(Place(role.position(count), of: role, startAt: now), at: last + 1)
        return nil
    }

    /// The place that `process` has or will have.
    func index(of process: pid_t) -> Int? {
        places.firstIndex { $0.member?.process == process || $0.successor?.process == process }
    }

    mutating func update(_ position: Position, _ body: (inout Place) -> Void) {
        guard let index = places.firstIndex(where: { $0.position == position }) else { return }
        body(&places[index])
    }

    /// The children to fork now, each with a row of its own.
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
            // It is not due again until the result of its fork is known.
            places[index].startAt = nil
            starts.append(
                MasterState.Start(position: place.position, generation: generation, row: row))
        }
        return starts
    }

    /// A place whose child has ended.
    struct Vacancy {
        var place: Place
        /// Whether the child had reported that it works.
        var hadWorked: Bool
    }

    /// Takes a child that has ended out of its place; nil if the place is not filled again.
    mutating func vacate(_ process: pid_t, now: Int64, rows: inout Rows) -> Vacancy? {
        guard let index = index(of: process) else { return nil }
        // Children of an earlier program are not replaced.
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
/// The lowest free row is used first, because all used rows are read for a report.
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
