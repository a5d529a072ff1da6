import Testing

@testable import Cordwood

@Suite struct HeartbeatTests {
    @Test(
        arguments: [
            (0, 1_002_000_000), (1, 1_001_999_999), (999_999_999, 2_000_001),
            (1_795_442_161_500_000_000, 502_000_000),
        ] as [(Int64, Int64)])
    func `the first beat is a little after the next second`(now: Int64, delay: Int64) {
        #expect(Heartbeat.delay(from: now) == delay)
    }
}
