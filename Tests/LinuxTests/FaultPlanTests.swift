import SystemPackage
import Testing

@testable import Linux

@Suite struct FaultPlanTests {
    @Test func `a plan names calls, occurrences and outcomes`() throws {
        let plan = try #require(FaultPlan("write:3=ENOSPC,renameat2:1=kill,fsync:2+=EIO"))
        #expect(plan.faults.map(\.call) == [.write, .renameat2, .fsync])
        #expect(plan.faults.map(\.occurrence) == [3, 1, 2])
        #expect(plan.faults.map(\.isRepeated) == [false, false, true])
        #expect(plan.faults[0].outcome == .error(.noSpace) && plan.faults[1].outcome == .kill)
    }

    @Test func `no plan, no faults`() {
        #expect(FaultPlan(nil) == nil)
        #expect(FaultPlan("") == nil)
    }
}
