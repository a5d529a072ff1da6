// SPDX-License-Identifier: Apache-2.0

import Glibc
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

    @Test func `a process is asked to end by a signal, and stays asked`() throws {
        // By default it does nothing, so no other thread can end by it.
        let signal = SIGURG
        let stopping = try Stopping(SignalQueue([signal]), LifeLine())
        defer {
            var unblocked = SignalSet([signal]).raw
            pthread_sigmask(SIG_UNBLOCK, &unblocked, nil)
        }
        #expect(!stopping.isAsked(within: 0))
        pthread_kill(pthread_self(), signal)
        #expect(stopping.isAsked(within: 10_000))
        #expect(stopping.isAsked(within: 0))
    }
}
