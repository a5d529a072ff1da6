import Testing

@testable import Prefork

struct PendingReloadTests {
    @Test(
        arguments: [
            ([.request, .renewal], .request), ([.renewal, .request], .request),
            ([.renewal, .renewal], .renewal), ([.request, .renewal, .renewal], .request),
        ] as [([ReloadReason], ReloadReason)])
    func `who asks for less does not take away what was asked for`(
        asked: [ReloadReason], expected: ReloadReason
    ) {
        var pending = PendingReload()
        for reason in asked { pending.ask(reason) }
        #expect(pending.take() == expected)
        #expect(pending.take() == nil)
    }

    @Test
    func `what was asked for before a stop is forgotten`() {
        var pending = PendingReload()
        pending.ask(.request)
        pending.cancel()
        #expect(pending.take() == nil)
        pending.ask(.renewal)
        #expect(pending.take() == .renewal)
    }
}
