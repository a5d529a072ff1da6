// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Monitoring

@Suite struct HealthReasonTests {
    private static let healthy = HealthFacts(workersWanted: 2, workersRunning: 2)

    @Test func `a healthy service has no reasons`() {
        #expect(Self.healthy.status == "ok")
        #expect(Self.healthy.reasons == [])
    }

    private static func facts(_ change: (inout HealthFacts) -> Void) -> HealthFacts {
        var facts = healthy
        change(&facts)
        return facts
    }

    @Test(arguments: [
        (HealthReason.diskLow, facts { $0.readiness = .diskLow }),
        (.writesFail, facts { $0.readiness = .writesFail }),
        (.writeError, facts { $0.writeErrorAge = 30 }),
        (.reloadFailed, facts { $0.hasReloadFailed = true }),
        (.workersMissing, facts { $0.workersRunning = 1 }),
        (.workerSilent, facts { $0.workerSilence = 11 }),
        (.sealerSilent, facts { $0.sealerSilence = 11 }),
        (.sealingFails, facts { $0.sealingErrorAge = 60 }),
        (.rolloverOverdue, facts { $0.rolloverOverdue = 6 }),
        (.certificateInvalid, facts { $0.certificates = [.good, .expired] }),
        (.certificateInvalid, facts { $0.certificates = [.notYetValid] }),
        (.certificateExpiring, facts { $0.certificates = [.good, .expiring] }),
    ])
    func `each problem is a reason, and degrades`(reason: HealthReason, facts: HealthFacts) {
        #expect(facts.reasons == [reason])
        #expect(facts.status == "degraded")
    }

    @Test(arguments: [(Readiness.draining, HealthReason.draining), (.stopping, .stopping)])
    func `a stop does not degrade`(readiness: Readiness, reason: HealthReason) {
        var facts = Self.healthy
        facts.readiness = readiness
        facts.workersRunning = 0
        #expect(facts.reasons == [reason, .workersMissing])
        #expect(facts.status == "draining")
    }

    @Test func `old errors and short delays are no reason`() {
        let facts = HealthFacts(
            writeErrorAge: 31, workerSilence: 10, sealerSilence: 10, sealingErrorAge: 61,
            rolloverOverdue: 5)
        #expect(facts.reasons == [])
    }
}
