// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import Prefork

@Suite struct MasterStateTests {
    @Test func `the first worker goes ahead, the others follow, then all are adopted`() {
        var master = SimulatedMaster(workers: 2)
        #expect(master.log == [start(.worker(0), row: 1)])
        master.tick(after: 1)
        master.log = []
        master.isReady(10)
        #expect(master.log == [start(.worker(1), row: 2), start(.sealer, row: 3)])
        master.log = []
        master.isReady(12)
        #expect(master.log == [])
        master.isReady(11)
        #expect(master.log == [.adopt(generation: 0)])
        #expect(!master.state.isChanging && master.violations == [])
    }

    @Test(arguments: [64, 69, 70, 73, 78] as [Int32])
    func `a first start fails with the code of the worker that cannot work`(code: Int32) {
        var master = SimulatedMaster(workers: 4)
        master.ends(10, .exited(code: code))
        #expect(master.log.suffix(2) == [.beginStop, .finish(code: code)])
        #expect(master.violations == [])
    }

    @Test func `a first start that fails after its leader waits for the living children`() {
        var master = SimulatedMaster(workers: 2)
        master.isReady(10)
        master.log = []
        master.ends(11, .exited(code: 73))
        #expect(
            master.log == [.beginStop, .signal(10, SIGTERM), .signal(12, SIGTERM)])
        master.ends(10)
        #expect(master.exitCode == nil)
        master.ends(12)
        #expect(master.exitCode == 73)
    }

    @Test(
        arguments: [
            (.killed(signal: SIGSEGV), 70), (.exited(code: 1), 1), (.exited(code: 0), 70),
        ] as [(Linux.ExitStatus, Int32)])
    func `a worker that dies five times before it works ends the first start`(
        status: Linux.ExitStatus, code: Int32
    ) {
        var master = SimulatedMaster(workers: 2)
        for attempt in 1...5 {
            #expect(master.exitCode == nil, "\(attempt)")
            while master.living.isEmpty { master.tick(after: 1) }
            master.ends(master.process(.worker(0)), status)
        }
        #expect(master.exitCode == code)
        #expect(master.now < 100 + MasterState.bootSeconds)
    }

    @Test func `a first start that takes longer than a minute is abandoned`() {
        var master = SimulatedMaster(workers: 2)
        master.tick(after: 59)
        #expect(!master.state.isStopping)
        master.tick(after: 1)
        #expect(master.state.isStopping && master.living[10]?.signal == SIGTERM)
        master.ends(10)
        #expect(master.exitCode == MasterState.bootFailureCode)
    }

    @Test func `a child that dies is replaced at once`() {
        var master = SimulatedMaster.running()
        master.now += 100
        master.ends(10, .killed(signal: SIGKILL))
        #expect(master.log == [start(.worker(0), row: 1)])
        #expect(master.state.child(13)?.position == .worker(0) && master.state.child(10) == nil)
    }

    @Test func `a child that keeps dying young is replaced ever later`() {
        var master = SimulatedMaster.running()
        var delays: [Int64] = []
        for _ in 0..<9 {
            master.ends(master.process(.worker(0)), .killed(signal: SIGSEGV))
            let died = master.now
            while master.living.count < 3 {
                #expect(master.state.nextStart ?? 0 > master.now)
                master.tick(after: 1)
            }
            delays.append(master.now - died)
            master.becomeReady()
        }
        #expect(delays == [0, 1, 2, 4, 8, 16, 30, 30, 30])
        master.now += RespawnPolicy.settledSeconds
        master.ends(master.process(.worker(0)), .exited(code: 1))
        #expect(master.living.count == 3 && master.state.nextStart == nil)
    }

    @Test func `the next start is the earliest`() {
        var master = SimulatedMaster.running()
        for _ in 0..<3 {
            for position in [Position.worker(0), .worker(0), .worker(1)] {
                master.ends(master.process(position), .killed(signal: SIGSEGV))
                while master.process(position) == 0 { master.tick(after: 1) }
                master.becomeReady()
            }
        }
        master.ends(master.process(.worker(0)), .killed(signal: SIGSEGV))
        master.ends(master.process(.worker(1)), .killed(signal: SIGSEGV))
        master.log = []
        let next = master.state.nextStart ?? 0
        master.tick(after: next - 1 - master.now)
        #expect(master.log == [])
        master.tick(after: 1)
        #expect(master.log.count == 1)
    }

    @Test func `the last worker that cannot boot any more stops the service with its code`() {
        var master = SimulatedMaster.running(workers: 1)
        master.ends(10, .killed(signal: SIGKILL))
        for _ in 0..<5 {
            while master.process(.worker(0)) == 0 { master.tick(after: 1) }
            master.ends(master.process(.worker(0)), .exited(code: 73))
        }
        #expect(master.living[11]?.signal == SIGTERM)
        master.ends(11)
        #expect(master.exitCode == 73)
    }

    @Test func `a worker that cannot boot does not stop the service while another works`() {
        var master = SimulatedMaster.running(workers: 2)
        master.ends(10, .killed(signal: SIGKILL))
        for _ in 0..<20 {
            while master.process(.worker(0)) == 0 { master.tick(after: 1) }
            master.ends(master.process(.worker(0)), .exited(code: 73))
        }
        #expect(!master.state.isStopping && master.living[11]?.signal == nil)
    }

    @Test
    func
        `the death of a worker that had worked does not stop the service, whatever its successors do`()
    {
        var master = SimulatedMaster.running(workers: 1)
        master.wantsSuccessor(10)
        for _ in 0..<6 {
            while master.living.count < 3 { master.tick(after: 1) }
            master.ends(master.process(.worker(0)), .killed(signal: SIGSEGV))
        }
        master.ends(10, .killed(signal: SIGKILL))
        #expect(!master.state.isStopping)
        while master.living.count < 2 { master.tick(after: 1) }
        master.becomeReady()
        #expect(master.children(of: 0).count == 2)
    }

    @Test func `a sealer that cannot boot does not stop the service, even between two workers`() {
        var master = SimulatedMaster.running(workers: 1)
        for _ in 0..<6 {
            master.ends(master.process(.sealer), .exited(code: 1))
            while master.process(.sealer) == 0 { master.tick(after: 1) }
        }
        master.ends(10, .killed(signal: SIGKILL))
        master.ends(master.process(.sealer), .exited(code: 1))
        #expect(!master.state.isStopping)
    }

    @Test func `an orphan that is not a child of the master is ignored`() {
        var master = SimulatedMaster.running()
        master.ends(99, .exited(code: 78))
        #expect(master.log == [] && master.violations == [])
    }

    @Test func `a fork that fails is tried again a second later`() {
        var master = SimulatedMaster.running()
        master.canFork = false
        master.ends(10, .killed(signal: SIGKILL))
        #expect(master.log == [start(.worker(0), row: 1)])
        master.canFork = true
        master.log = []
        master.tick()
        #expect(master.log == [])
        master.tick(after: 1)
        #expect(master.log == [start(.worker(0), row: 1)])
        #expect(master.violations == [])
    }

    @Test func `a hung child is killed`() {
        var master = SimulatedMaster.running()
        master.hangs(11)
        #expect(master.log == [.signal(11, SIGKILL)])
    }

    private func start(_ position: Position, row: Int) -> MasterState.Action {
        .start(MasterState.Start(position: position, generation: 0, row: row))
    }
}
