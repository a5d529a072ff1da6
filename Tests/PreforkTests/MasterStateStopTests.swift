// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import Prefork

@Suite struct MasterStateStopTests {
    @Test(
        arguments: [
            (SIGTERM, SIGTERM, 109), (SIGINT, SIGINT, 102), (SIGQUIT, SIGINT, 102),
        ] as [(Int32, Int32, Int64)])
    func `a signal stops all children, and kills them when they take too long`(
        signal: Int32, passedOn: Int32, killedAt: Int64
    ) {
        var master = SimulatedMaster.running(workers: 1)
        master.stop(signal)
        #expect(master.log == [.beginStop, .signal(10, passedOn), .signal(11, passedOn)])
        master.log = []
        master.ends(10)
        master.tick(after: killedAt - 1 - master.now)
        #expect(master.log == [])
        master.tick(after: 1)
        #expect(master.log == [.signal(11, SIGKILL)])
        master.ends(11, .killed(signal: SIGKILL))
        #expect(master.exitCode == 0 && master.violations == [])
    }

    @Test(
        arguments: Situation.allCases,
        [[SIGTERM], [SIGINT], [SIGTERM, SIGTERM], [SIGTERM, SIGINT], [SIGINT, SIGTERM]])
    func `in every situation a stop reaches all children, starts none and ends`(
        situation: Situation, signals: [Int32]
    ) {
        var master = situation.master
        let before = master.living.keys
        master.log = []
        for signal in signals { master.stop(signal) }
        if case .announced = master.state.phase { master.tick(after: 5) }
        #expect(master.state.isStopping)
        #expect(master.log.count { $0 == .beginStop } == 1)
        #expect(master.living.values.allSatisfy { $0.signal != nil })
        for process in before.sorted() { master.ends(process, .exited(code: 73)) }
        #expect(master.exitCode == 0)
        #expect(!master.log.contains { if case .start = $0 { true } else { false } })
        #expect(master.violations == [])
    }

    @Test func `a second TERM gives no child more time, and INT gives less`() {
        var master = SimulatedMaster.running(workers: 1)
        master.stop()
        master.now += 5
        master.stop()
        master.tick(after: 4)
        #expect(master.log.suffix(2) == [.signal(10, SIGKILL), .signal(11, SIGKILL)])
        master = SimulatedMaster.running(workers: 1)
        master.stop()
        master.stop(SIGINT)
        #expect(master.log.suffix(2) == [.signal(10, SIGINT), .signal(11, SIGINT)])
        master.tick(after: 2)
        #expect(master.log.suffix(2) == [.signal(10, SIGKILL), .signal(11, SIGKILL)])
    }

    @Test func `a stop that fails already keeps its code`() {
        var master = SimulatedMaster(workers: 2)
        master.isReady(10)
        master.ends(11, .exited(code: 73))
        master.stop(SIGINT)
        master.ends(10)
        master.ends(12)
        #expect(master.exitCode == 73)
    }

    // MARK: A stop that is announced

    @Test func `an announced stop comes after its delay`() {
        var master = SimulatedMaster.running(workers: 1, stopDelaySeconds: 5)
        master.stop()
        master.tick(after: 4)
        #expect(master.log == [.announceStop])
        master.tick(after: 1)
        #expect(
            master.log.dropFirst() == [.beginStop, .signal(10, SIGTERM), .signal(11, SIGTERM)])
    }

    @Test func `a worker that dies while a stop is announced is replaced`() {
        var master = SimulatedMaster.running(workers: 1, stopDelaySeconds: 5)
        master.stop()
        master.ends(10, .killed(signal: SIGKILL))
        #expect(master.process(.worker(0)) == 12)
    }

    @Test func `while a stop is announced nothing else is begun`() {
        var master = SimulatedMaster.running(workers: 2, stopDelaySeconds: 5)
        master.stop()
        master.log = []
        master.changeWorkerCount(by: 1)
        master.changeWorkerCount(by: -1)
        master.wantsSuccessor(10)
        #expect(master.log == [] && !master.state.canReload && !master.state.canUpgrade)
    }
}

/// What a stop may come into.
enum Situation: CaseIterable {
    case starting, leading, running, announcing, reloading, waiting, leaving, recycling, upgraded

    var master: SimulatedMaster {
        var master: SimulatedMaster
        switch self {
        case .starting: return SimulatedMaster()
        case .leading:
            master = SimulatedMaster()
            master.isReady(10)
        case .running: return .running()
        case .announcing: return .running(stopDelaySeconds: 5)
        case .reloading:
            master = .running()
            master.reload(workers: 3)
            master.isReady(13)
        case .waiting:
            master = .running()
            master.reload(waits: true)
        case .leaving:
            master = .running()
            master.reload(workers: 3)
            master.becomeReady()
        case .recycling:
            master = .running()
            master.wantsSuccessor(10)
        case .upgraded:
            return SimulatedMaster(predecessors: SimulatedMaster.running().living)
        }
        return master
    }
}
