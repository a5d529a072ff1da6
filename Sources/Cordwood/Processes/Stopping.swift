import Linux
import Prefork
import SystemPackage

/// Whether a process without a loop is asked to end: it has received a signal, or its master has
/// ended.
final class Stopping {
    private let signals: SignalQueue
    private let lifeLine: LifeLine
    private let epoll: Epoll
    private var hasBeenAsked = false

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
    func isAsked(within milliseconds: Int32) -> Bool {
        if !hasBeenAsked {
            hasBeenAsked = (try? epoll.wait(timeoutMilliseconds: milliseconds)) != 0
        }
        return hasBeenAsked
    }
}
