import Testing

@testable import Cordwood

struct ClientErrorLogTests {
    @Test
    func `each kind is said at once, then every ten seconds with how many there were`() {
        var log = ClientErrorLog()
        let kinds: [StaticString] = ["one", "two"]
        for kind in kinds { #expect(log.note(kind, now: 100) == 0) }
        for second in Int64(100)..<110 {
            for kind in kinds { #expect(log.note(kind, now: second) == nil) }
        }
        for kind in kinds { #expect(log.note(kind, now: 110) == 10) }
        #expect(log.note("one", now: 119) == nil)
        #expect(log.note("two", now: 120) == 0)
    }
}
