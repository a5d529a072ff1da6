// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import Prefork

/// Workers more and less, successors, and who served before an upgrade.
@Suite struct MasterStateChangeTests {
    @Test func `an extra worker is started, a superfluous one is stopped`() {
        var master = SimulatedMaster.running(workers: 1)
        master.changeWorkerCount(by: 1)
        master.becomeReady()
        #expect(master.process(.worker(1)) == 12 && master.state.workerCount == 2)
        master.log = []
        master.changeWorkerCount(by: -1)
        #expect(master.log == [.signal(12, SIGTERM)])
        master.ends(12)
        #expect(master.living.count == 2 && master.violations == [])
        master.tick(after: 100)
        #expect(master.living.count == 2)
    }

    @Test func `there is at least one worker and at most the limit`() {
        var master = SimulatedMaster.running(workers: 1)
        master.changeWorkerCount(by: -1)
        #expect(master.log == [])
        master.changeWorkerCount(by: 1, limit: 2)
        master.changeWorkerCount(by: 1, limit: 2)
        #expect(master.log.count == 1 && master.state.workerCount == 2)
    }

    @Test func `a stopped worker's successor is stopped too`() {
        var master = SimulatedMaster.running(workers: 2)
        master.wantsSuccessor(11)
        master.log = []
        master.changeWorkerCount(by: -1)
        #expect(master.log == [.signal(11, SIGTERM), .signal(13, SIGTERM)])
    }

    @Test func `a worker that waits for its next start is removed without a signal`() {
        var master = SimulatedMaster.running(workers: 2)
        master.ends(11, .killed(signal: SIGSEGV))
        master.ends(13, .killed(signal: SIGSEGV))
        master.log = []
        master.changeWorkerCount(by: -1)
        master.tick(after: 100)
        #expect(master.log == [] && master.living.count == 2)
    }

    @Test func `a reload forgets how many workers there were`() {
        var master = SimulatedMaster.running(workers: 1)
        master.changeWorkerCount(by: 1)
        master.reload(workers: 1)
        master.becomeReady()
        #expect(master.state.workerCount == 1)
    }

    // MARK: Successors

    @Test func `a successor takes over when it works, then the earlier one ends`() {
        var master = SimulatedMaster.running(workers: 2)
        master.wantsSuccessor(10)
        master.wantsSuccessor(10)
        #expect(master.log.count == 1 && master.living.count == 4)
        master.log = []
        master.isReady(13)
        #expect(master.log == [.signal(10, SIGTERM)])
        #expect(master.state.child(13)?.position == .worker(0))
        master.ends(10)
        master.tick(after: 100)
        #expect(master.living.count == 3)
    }

    @Test func `a successor that dies is replaced, and the earlier worker continues`() {
        var master = SimulatedMaster.running(workers: 1)
        master.wantsSuccessor(10)
        master.ends(12, .exited(code: 73))
        #expect(master.living[10]?.signal == nil && !master.state.isStopping)
        while master.living.count < 3 { master.tick(after: 1) }
        master.becomeReady()
        #expect(master.living[10]?.signal == SIGTERM && master.violations == [])
    }

    @Test func `a worker that dies before its successor works is replaced by it`() {
        var master = SimulatedMaster.running(workers: 1)
        master.wantsSuccessor(10)
        master.ends(10, .killed(signal: SIGKILL))
        #expect(master.living.count == 2)
        master.isReady(12)
        #expect(master.living[12]?.signal == nil && master.state.child(12)?.position == .worker(0))
        master.wantsSuccessor(12)
        #expect(master.living.count == 3)
    }

    // MARK: Predecessors

    private func upgraded() -> SimulatedMaster {
        SimulatedMaster(workers: 1, predecessors: SimulatedMaster.running(workers: 2).living)
    }

    @Test func `predecessors serve until the new ones are whole`() {
        var master = upgraded()
        #expect(master.living.count == 4 && master.living[13]?.row == 4)
        master.isReady(13)
        #expect(master.living[10]?.signal == nil)
        master.isReady(14)
        #expect(master.log.contains(.adopt(generation: 0)))
        for process in [10, 11, 12] as [pid_t] {
            #expect(master.living[process]?.signal == SIGTERM)
            master.ends(process)
        }
        #expect(master.living.count == 2 && master.violations == [])
    }

    @Test func `a predecessor that dies is known, and not replaced`() {
        var master = upgraded()
        #expect(master.state.child(11)?.row == 2 && master.state.child(11)?.isLeaving == false)
        master.ends(11, .killed(signal: SIGKILL))
        master.wantsSuccessor(10)
        master.tick(after: 10)
        #expect(master.living.count == 3 && master.violations == [])
        #expect(master.state.working.map(\.process) == [13])
    }

    @Test func `predecessors continue when the upgraded program cannot work, until they end`() {
        var master = upgraded()
        master.ends(13, .exited(code: 73))
        #expect(master.log.contains(.abandon(generation: 0, code: 73)))
        #expect(master.living.count == 3 && master.exitCode == nil)
        #expect(master.living.values.allSatisfy { $0.signal == nil })
        #expect(master.state.canReload && master.state.canUpgrade)
        for process in [10, 11, 12] as [pid_t] {
            #expect(master.exitCode == nil)
            master.ends(process)
        }
        #expect(master.exitCode == MasterState.bootFailureCode)
    }

    @Test func `predecessors that write by another schedule end before any child is started`() {
        let before = SimulatedMaster.running(workers: 1).living
        var master = SimulatedMaster(workers: 1, predecessors: before, waits: true)
        #expect(master.log == [.signal(10, SIGTERM), .signal(11, SIGTERM)])
        master.ends(10)
        #expect(master.living.count == 1)
        master.ends(11)
        master.becomeReady()
        #expect(master.log.last == .adopt(generation: 0) && master.living.count == 2)
    }
}
