// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux

extension MasterState {
    /// The children of a cohort that has become whole take over.
    mutating func settle(now: Int64) -> [Action] {
        guard var cohort = incoming, cohort.isWhole else { return [] }
        cohort.wasWhole = true
        incoming = nil
        let old = current.dismiss()
        let drainSeconds = current.drainSeconds
        current = cohort
        // The service adopts the new children before the old ones are told to end.
        return [.adopt(generation: cohort.generation)]
            + dismiss(old, after: drainSeconds, now: now)
    }

    /// Gives the new cohort up; the one before goes on.
    mutating func abandon(code: Int32, now: Int64) -> [Action] {
        guard var cohort = incoming else { return [] }
        incoming = nil
        if current.members.isEmpty, cohort.generation == 0 || current.generation < 0 {
            // There is nothing to go back to: children of an earlier program cannot start again.
            leaving += cohort.dismiss().map { Leaving(member: $0, killAt: .max) }
            return stop(with: SIGTERM, within: cohort.drainSeconds + 1, code: code, now: now)
        }
        let actions = dismiss(cohort.dismiss(), after: cohort.drainSeconds, now: now)
        if cohort.hasDisplaced {
            current.waitsForLeaving = true
            for index in current.places.indices { current.places[index].startAt = now }
        }
        return [.abandon(generation: cohort.generation, code: code)] + actions + due(now: now)
    }

    /// Stops: a second TERM changes nothing, INT after TERM shortens the wait.
    mutating func stop(
        with signal: Int32, within seconds: Int64, code: Int32, now: Int64
    ) -> [Action] {
        var code = code
        var actions: [Action] = [.beginStop]
        if case .stopping(let first) = phase {
            code = first
            actions = []
        }
        phase = .stopping(code: code)
        var members = current.dismiss()
        if var cohort = incoming { members += cohort.dismiss() }
        incoming = nil
        leaving += members.map { Leaving(member: $0, killAt: .max) }
        for index in leaving.indices {
            leaving[index].killAt = min(leaving[index].killAt, now + seconds)
        }
        actions += leaving.map { .signal($0.member.process, signal) }
        return actions + finishIfEmpty()
    }

    func finishIfEmpty() -> [Action] {
        guard case .stopping(let code) = phase, leaving.isEmpty else { return [] }
        return [.finish(code: code)]
    }

    /// Tells members to end.
    mutating func dismiss(_ members: [Member], after seconds: Int64, now: Int64) -> [Action] {
        leaving += members.map { Leaving(member: $0, killAt: now + seconds + 1) }
        return members.map { .signal($0.process, SIGTERM) }
    }

    /// The children to start now.
    mutating func due(now: Int64) -> [Action] {
        guard !isStopping else { return [] }
        let nobodyLeaves = leaving.isEmpty
        var starts = current.starts(now: now, nobodyLeaves: nobodyLeaves, rows: &rows)
        starts += incoming?.starts(now: now, nobodyLeaves: nobodyLeaves, rows: &rows) ?? []
        return starts.map { .start($0) }
    }

    /// Changes the cohort of `generation`.
    mutating func update(_ start: Start, _ body: (inout Place) -> Void) {
        if incoming?.generation == start.generation {
            incoming?.update(start.position, body)
        } else if current.generation == start.generation {
            current.update(start.position, body)
        }
    }

    /// Changes the place of a child, unless it is leaving.
    mutating func change(_ process: pid_t, _ body: (inout Place) -> Void) {
        if let index = incoming?.index(of: process) {
            if var place = incoming?.places[index] {
                body(&place)
                incoming?.places[index] = place
            }
        } else if let index = current.index(of: process) {
            body(&current.places[index])
        }
    }

    /// The code with which the service or the reload fails because a child ended with `status`; nil
    /// if it goes on.
    static func failure(_ place: Place, _ status: ExitStatus) -> Int32? {
        switch status {
        case .exited(let code) where fatalCodes.contains(code): code
        case .exited(let code) where code != 0 && place.bootFailures >= bootFailureLimit: code
        default: place.bootFailures >= bootFailureLimit ? bootFailureCode : nil
        }
    }
}
