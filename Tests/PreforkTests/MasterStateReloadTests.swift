// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import Prefork

@Suite struct MasterStateReloadTests {
    @Test func `a reload adopts before it stops the old workers`() {
        var master = SimulatedMaster.running(workers: 2)
        master.reload(workers: 1)
        #expect(master.state.isChanging && master.state.workerCount == 1)
        #expect(!master.state.canUpgrade)
        master.isReady(13)
        #expect(!master.log.contains(.adopt(generation: 1)))
        master.log = []
        master.isReady(14)
        #expect(
            master.log == [
                .adopt(generation: 1), .signal(10, SIGTERM), .signal(11, SIGTERM),
                .signal(12, SIGTERM),
            ])
        #expect(master.state.canUpgrade)
        #expect(master.state.child(10)?.isLeaving == true)
        #expect(master.state.child(13)?.isLeaving == false)
    }

    @Test func `old workers that outlive a drain are killed`() {
        var master = SimulatedMaster.running(workers: 1)
        master.reload(workers: 1)
        master.becomeReady()
        master.log = []
        master.tick(after: 8)
        #expect(master.log == [])
        master.tick(after: 1)
        #expect(master.log == [.signal(10, SIGKILL), .signal(11, SIGKILL)])
    }

    @Test func `a new worker that cannot work ends the reload, and the old ones continue`() {
        var master = SimulatedMaster.running(workers: 2)
        master.reload(workers: 2)
        master.log = []
        master.ends(13, .exited(code: 73))
        #expect(master.log == [.abandon(generation: 1, code: 73)])
        #expect(master.children(of: 0).count == 3 && master.state.canReload)
    }

    @Test func `new workers that already work end when another one cannot`() {
        var master = SimulatedMaster.running(workers: 1)
        master.reload(workers: 1)
        master.isReady(12)
        master.log = []
        master.ends(13, .exited(code: 71))
        #expect(
            master.log == [.abandon(generation: 1, code: 71), .signal(12, SIGTERM)])
        master.tick(after: 9)
        #expect(master.living[12]?.signal == SIGKILL && master.living[10]?.signal == nil)
    }

    @Test func `a new worker that is killed is tried again`() {
        var master = SimulatedMaster.running(workers: 1)
        master.reload(workers: 1)
        master.ends(12, .killed(signal: SIGKILL))
        #expect(master.state.isChanging)
        master.becomeReady()
        #expect(master.log.contains(.adopt(generation: 1)))
    }

    @Test func `new workers that are killed five times end the reload`() {
        var master = SimulatedMaster.running(workers: 1)
        master.reload(workers: 1)
        for _ in 0..<5 {
            while master.children(of: 1).isEmpty { master.tick(after: 1) }
            master.ends(master.process(.worker(0), of: 1), .killed(signal: SIGSEGV))
        }
        #expect(master.log.last == .abandon(generation: 1, code: MasterState.bootFailureCode))
        #expect(!master.state.isStopping)
    }

    @Test func `a reload that takes longer than a minute is abandoned`() {
        var master = SimulatedMaster.running(workers: 1)
        master.reload(workers: 1)
        master.isReady(12)
        master.log = []
        master.tick(after: 60)
        #expect(
            master.log == [
                .abandon(generation: 1, code: 70), .signal(12, SIGTERM), .signal(13, SIGTERM),
            ])
    }

    @Test func `an old worker that dies during a reload is replaced by an old one`() {
        var master = SimulatedMaster.running(workers: 1)
        master.reload(workers: 1)
        master.ends(10, .killed(signal: SIGKILL))
        #expect(master.process(.worker(0), of: 0) == 13)
        master.becomeReady()
        #expect(master.children(of: 0).isEmpty && master.children(of: 1).count == 2)
    }

    @Test func `a second reload waits until the first is through and not too many leave`() {
        var master = SimulatedMaster.running(workers: 1)
        for _ in 0..<5 {
            #expect(master.state.canReload)
            master.reload(workers: 1)
            #expect(!master.state.canReload)
            master.becomeReady()
        }
        #expect(!master.state.canReload)
        let leaving = master.living.filter { $0.value.signal == SIGTERM }.keys.min() ?? 0
        master.ends(leaving)
        master.ends(leaving + 1)
        #expect(master.state.canReload)
    }

    @Test func `a stop delay that a reload sets counts at the next stop`() {
        var master = SimulatedMaster.running(workers: 1)
        master.reload(workers: 1, stopDelaySeconds: 5)
        master.becomeReady()
        master.log = []
        master.stop()
        #expect(master.log == [.announceStop])
    }

    // MARK: What both cannot have

    @Test func `new workers that need the old ones' files start when the last old one has ended`() {
        var master = SimulatedMaster.running(workers: 1)
        master.reload(workers: 1, waits: true)
        #expect(master.log == [.signal(10, SIGTERM), .signal(11, SIGTERM)])
        master.ends(10)
        master.tick(after: 8)
        #expect(master.living.count == 1)
        master.tick(after: 1)
        #expect(master.living[11]?.signal == SIGKILL)
        master.ends(11, .killed(signal: SIGKILL))
        #expect(master.children(of: 1).count == 1)
        master.becomeReady()
        #expect(master.log.last == .adopt(generation: 1))
    }

    @Test func `the minute of a reload that waits begins when it may start`() {
        var master = SimulatedMaster.running(workers: 1)
        master.reload(workers: 1, waits: true)
        master.tick(after: 61)
        #expect(master.state.isChanging)
        master.ends(10)
        master.ends(11)
        master.tick(after: 59)
        #expect(master.state.isChanging)
        master.tick(after: 1)
        #expect(!master.state.isChanging)
    }

    @Test func `the old configuration starts again when the one it made room for cannot work`() {
        var master = SimulatedMaster.running(workers: 1)
        master.reload(workers: 1, waits: true)
        master.ends(10)
        master.ends(11)
        master.isReady(12)
        master.log = []
        master.ends(13, .exited(code: 73))
        // The old ones cannot have it before the new ones have let go.
        #expect(master.log == [.abandon(generation: 1, code: 73), .signal(12, SIGTERM)])
        master.ends(12)
        master.becomeReady()
        #expect(Set(master.children(of: 0).values.map(\.description)) == ["worker 0", "sealer"])
        #expect(!master.log.contains(.adopt(generation: 0)) && master.state.canReload)
    }

    @Test func `a reload after a failed one that made room waits for the same`() {
        var master = SimulatedMaster.running(workers: 1)
        master.reload(workers: 1, waits: true)
        master.ends(10)
        master.ends(11)
        master.isReady(12)
        master.ends(13, .exited(code: 73))
        // The old schedule again: worker 12 still writes by the one that was given up.
        master.reload(workers: 1, waits: false)
        #expect(master.children(of: 2).isEmpty)
        master.ends(12)
        #expect(master.children(of: 2).count == 1)
        master.becomeReady()
        #expect(master.log.last == .adopt(generation: 2))
        #expect(master.children(of: 0).isEmpty && master.living.count == 2)
    }

    @Test func `a failed reload does not hurry old workers that wait for their next start`() {
        var master = SimulatedMaster.running(workers: 1)
        for position in [Position.worker(0), .worker(0), .worker(0), .sealer, .sealer, .sealer] {
            master.ends(master.process(position), .killed(signal: SIGSEGV))
            while master.process(position) == 0, master.living.count > 0, position.role == "worker"
            {
                master.tick(after: 1)
            }
            while master.process(position) == 0, master.state.nextStart != nil {
                master.tick(after: 1)
            }
        }
        for position in [Position.worker(0), .sealer] {
            master.ends(master.process(position), .killed(signal: SIGSEGV))
        }
        #expect(master.living.isEmpty)
        master.reload(workers: 1)
        let leader = master.process(.worker(0), of: 1)
        master.log = []
        master.ends(leader, .exited(code: 73))
        #expect(master.log == [.abandon(generation: 1, code: 73)])
        #expect(master.living.isEmpty && master.state.nextStart ?? 0 > master.now)
    }
}
