// SPDX-License-Identifier: Apache-2.0

import Prefork
import Testing

@testable import Cordwood

@Suite struct ReloadOutcomeTests {
    /// A reload, and whether it succeeds.
    typealias Step = (reason: ReloadReason, succeeds: Bool)

    @Test(
        arguments: [
            ([(.request, true)], true), ([(.renewal, true)], true),
            ([(.request, false), (.request, true)], true),
            ([(.renewal, false), (.renewal, true)], true),
            ([(.renewal, false), (.request, true)], true),
            // What HUP asked for is still not served.
            ([(.request, false), (.renewal, true)], false),
            ([(.request, false), (.renewal, false), (.renewal, true)], false),
            ([(.renewal, false), (.request, false), (.renewal, true)], false),
            ([(.request, false), (.renewal, true), (.renewal, true)], false),
            ([(.request, false), (.renewal, true), (.request, true)], true),
        ] as [([Step], Bool)])
    func `a reload makes up for a failed one if it includes it`(steps: [Step], isComplete: Bool) {
        var outcome = ReloadOutcome()
        var last = false
        for step in steps {
            outcome.begin(step.reason)
            if step.succeeds { last = outcome.succeed() } else { outcome.fail() }
        }
        #expect(last == isComplete)
        #expect((outcome.failed == nil) == isComplete)
    }
}
