// SPDX-License-Identifier: Apache-2.0

import Bytes
import Glibc
import Linux
import Testing

@testable import Prefork

/// Every order of events that comes up in 100,000 steps by chance; `SimulatedMaster` watches.
@Suite struct MasterStateOrderTests {
    @Test(arguments: 0..<20 as Range<UInt64>)
    func `whatever happens in whatever order, no rule is broken`(seed: UInt64) {
        var generator = SplitMix64(state: seed)
        var master = SimulatedMaster(workers: 2)
        for step in 0..<5000 {
            happen(to: &master, &generator)
            if step % 100 == 99 { calm(&master, step) }
            guard master.violations.isEmpty else {
                Issue.record("seed \(seed), step \(step): \(master.violations)")
                return
            }
            if master.exitCode != nil {
                master = SimulatedMaster(
                    workers: .random(in: 1...4, using: &generator),
                    archivers: .random(in: 0...2, using: &generator),
                    stopDelaySeconds: .random(in: 0...3, using: &generator))
            }
        }
    }

    private func happen(to master: inout SimulatedMaster, _ generator: inout SplitMix64) {
        let anybody = master.living.keys.sorted().randomElement(using: &generator)
        let doomed = master.living.filter { $0.value.signal != nil }.keys.sorted()
            .randomElement(using: &generator)
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<30:
            if let anybody, master.living[anybody]?.start != nil { master.isReady(anybody) }
        case 30..<45:
            if let doomed { master.ends(doomed, status(&generator)) }
        case 45..<55:
            if let anybody { master.ends(anybody, status(&generator)) }
        case 55..<75: master.tick(after: .random(in: 0...2, using: &generator))
        case 75..<77: master.tick(after: .random(in: 3...70, using: &generator))
        case 77..<84:
            if master.state.canReload {
                master.reload(
                    workers: .random(in: 1...4, using: &generator),
                    archivers: .random(in: 0...2, using: &generator),
                    waits: .random(using: &generator),
                    stopDelaySeconds: .random(in: 0...3, using: &generator))
            }
        case 84..<88:
            master.changeWorkerCount(by: Bool.random(using: &generator) ? 1 : -1, limit: 5)
        case 88..<93:
            if let anybody { master.wantsSuccessor(anybody) }
        case 93..<95:
            if let anybody { master.hangs(anybody) }
        case 95..<97: master.canFork = !master.canFork
        case 97:
            if master.state.canUpgrade {
                master = SimulatedMaster(
                    workers: .random(in: 1...4, using: &generator),
                    archivers: .random(in: 0...2, using: &generator),
                    predecessors: master.living, waits: .random(using: &generator))
            }
        case 98: master.stop([SIGTERM, SIGINT, SIGQUIT].randomElement(using: &generator) ?? 0)
        default: break
        }
    }

    private func status(_ generator: inout SplitMix64) -> Linux.ExitStatus {
        switch Int.random(in: 0..<10, using: &generator) {
        case 0: .exited(code: 73)
        case 1: .exited(code: 1)
        case 2, 3: .exited(code: 0)
        default: .killed(signal: SIGKILL)
        }
    }

    /// When nothing bad happens any more the service ends, or has all its children and no other.
    private func calm(_ master: inout SimulatedMaster, _ step: Int) {
        master.canFork = true
        for _ in 0..<150 {
            for (process, child) in master.living.sorted(by: { $0.key < $1.key }) {
                if child.signal != nil { master.ends(process) }
            }
            master.becomeReady()
            master.tick(after: 1)
            if master.exitCode != nil { return }
        }
        #expect(!master.state.isStopping && !master.state.isChanging, "step \(step)")
        // After an upgrade in vain those of the earlier program go on.
        if !master.living.isEmpty, master.living.values.allSatisfy({ $0.start == nil }) { return }
        let positions = master.living.values.compactMap { $0.start?.position.description }
        let archivers = master.state.count(of: "archiver")
        let wanted =
            (0..<master.state.workerCount).map { "worker \($0)" } + ["sealer"]
            + (archivers == 1 ? ["archiver"] : (0..<archivers).map { "archiver \($0)" })
        #expect(positions.sorted() == wanted.sorted(), "step \(step)")
        #expect(master.living.values.allSatisfy { $0.isReady }, "step \(step)")
    }
}
