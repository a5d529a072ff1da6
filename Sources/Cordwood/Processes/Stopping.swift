// SPDX-License-Identifier: Apache-2.0

import Linux
import Prefork
import SystemPackage

/// Whether a process without a loop is asked to end: it has received a signal, or its master has
/// ended.
final class Stopping {
    private let signals: SignalQueue
    private let lifeLine: LifeLine
    private let epoll: Epoll

    init(_ signals: consuming SignalQueue, _ lifeLine: LifeLine) throws(Errno) {
        let epoll = try Epoll()
        let token = EventToken(slot: 0, version: 0)
        try epoll.add(signals.descriptor.rawValue, .readable, token)
        try epoll.add(lifeLine.number, .readable, token)
        self.epoll = epoll
        self.signals = signals
        self.lifeLine = lifeLine
    }

    /// Waits at most `milliseconds` for the request to end.
    ///
    /// A process that is asked stays asked, because nothing reads the two descriptors.
    func isAsked(within milliseconds: Int32) -> Bool {
        (try? epoll.wait(timeoutMilliseconds: milliseconds)) != 0
    }
}
