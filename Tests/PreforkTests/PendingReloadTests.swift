// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Prefork

struct PendingReloadTests {
    @Test(
        arguments: [
            ([.request, .renewal], .request), ([.renewal, .request], .request),
            ([.renewal, .renewal], .renewal), ([.request, .renewal, .renewal], .request),
        ] as [([ReloadReason], ReloadReason)])
    func `a smaller request does not cancel an earlier one`(
        asked: [ReloadReason], expected: ReloadReason
    ) {
        var pending = PendingReload()
        for reason in asked { pending.ask(reason) }
        #expect(pending.take() == expected)
        #expect(pending.take() == nil)
    }

    @Test
    func `requests before a stop are discarded`() {
        var pending = PendingReload()
        pending.ask(.request)
        pending.cancel()
        #expect(pending.take() == nil)
        pending.ask(.renewal)
        #expect(pending.take() == .renewal)
    }
}
