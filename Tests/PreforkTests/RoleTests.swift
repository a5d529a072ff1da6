// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import Prefork

/// A role that the master has never heard of is a line in the service's table.
@Suite struct RoleTests {
    @Test(arguments: [
        (Role(name: "worker", count: 1, isResizable: true), ["worker 0"]),
        (Role(name: "sealer", count: 1), ["sealer"]),
        (Role(name: "archiver", count: 2), ["archiver 0", "archiver 1"]),
        (Role(name: "archiver", count: 0), []),
    ])
    func `positions are numbered where there may be several`(role: Role, positions: [String]) {
        #expect(role.positions.map(\.description) == positions)
    }

    @Test func `a further role starts with the others, in the order of the table`() {
        var master = SimulatedMaster(workers: 2, archivers: 2)
        master.isReady(10)
        let started = master.log.compactMap { action in
            if case .start(let start) = action { start.position.description } else { nil }
        }
        #expect(started == ["worker 0", "worker 1", "sealer", "archiver 0", "archiver 1"])
        master.becomeReady()
        #expect(master.log.last == .adopt(generation: 0))
    }

    @Test func `adding or removing a worker leaves the other roles unchanged`() {
        var master = SimulatedMaster.running(workers: 1, archivers: 1)
        master.changeWorkerCount(by: 1)
        master.becomeReady()
        #expect(master.process(.worker(1)) == 13)
        master.log = []
        master.changeWorkerCount(by: -1)
        #expect(master.log == [.signal(13, SIGTERM)])
        #expect(master.state.count(of: "archiver") == 1 && master.state.count(of: "sealer") == 1)
    }

    @Test func `a reload may add a role and remove it again`() {
        var master = SimulatedMaster.running(workers: 1)
        master.reload(workers: 1, archivers: 1)
        master.becomeReady()
        #expect(master.children(of: 1).count == 3)
        master.reload(workers: 1)
        master.becomeReady()
        #expect(master.children(of: 2).count == 2 && master.state.count(of: "archiver") == 0)
    }

    @Test(arguments: [true, false])
    func `the service stops only if an essential role cannot start`(
        isEssential: Bool
    ) {
        let roles = [
            Role(name: "worker", count: 1),
            Role(name: "archiver", count: 1, isEssential: isEssential),
        ]
        var state = MasterState(
            Reload(roles: roles, drainSeconds: 8, watchdogSeconds: 30), rowCount: 20, now: 100)
        var next: pid_t = 10
        func start(_ actions: [MasterState.Action], now: Int64) {
            for case .start(let start) in actions {
                state.started(start, process: next, now: now)
                next += 1
            }
        }
        start(state.tick(now: 100), now: 100)
        start(state.isReady(10, now: 100), now: 100)
        _ = state.isReady(11, now: 100)
        var now: Int64 = 200
        for _ in 0..<6 where !state.isStopping {
            let archiver = state.working.first { $0.position.role == "archiver" }?.process ?? 0
            let actions = state.ended(archiver, .exited(code: 73), now: now)
            start(actions, now: now)
            while !state.isStopping, state.working.count < 2 {
                now += 1
                start(state.tick(now: now), now: now)
            }
        }
        #expect(state.isStopping == isEssential)
    }

    @Test func `children of an earlier program have no role to resize`() {
        var master = SimulatedMaster(
            workers: 1, predecessors: SimulatedMaster.running(workers: 2).living)
        master.ends(13, .exited(code: 73))
        master.log = []
        master.changeWorkerCount(by: 1)
        master.changeWorkerCount(by: -1)
        #expect(master.log == [] && master.state.workerCount == 0)
    }
}
