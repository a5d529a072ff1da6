import Linux
import Prefork
import Testing

@testable import Cordwood

@Suite struct StoppingTests {
    @Test func `a process is asked to end when its master has ended, and stays asked`() throws {
        let lifeLine = try LifeLine()
        let stopping = try Stopping(SignalQueue([]), lifeLine)
        #expect(!stopping.isAsked(within: 0))
        // The end that the master holds is closed, as by its death.
        lifeLine.becomeChild()
        #expect(stopping.isAsked(within: 10_000))
        #expect(stopping.isAsked(within: 0))
    }
}
