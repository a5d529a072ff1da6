// SPDX-License-Identifier: Apache-2.0

import SystemPackage
import Testing

@testable import Linux

@Suite struct FaultPlanTests {
    @Test func `a plan names calls, occurrences and outcomes`() throws {
        let plan = try #require(
            FaultPlan("write:3=ENOSPC,renameat2:1=kill,fsync:2+=EIO,read:1=stop"))
        #expect(plan.faults.map(\.call) == [.write, .renameat2, .fsync, .read])
        #expect(plan.faults.map(\.occurrence) == [3, 1, 2, 1])
        #expect(plan.faults.map(\.isRepeated) == [false, false, true, false])
        #expect(plan.faults[0].outcome == .error(.noSpace) && plan.faults[1].outcome == .kill)
        #expect(plan.faults[3].outcome == .stop)
    }

    @Test func `no plan, no faults`() {
        #expect(FaultPlan(nil) == nil)
        #expect(FaultPlan("") == nil)
    }
}
