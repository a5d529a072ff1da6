// SPDX-License-Identifier: Apache-2.0

import Linux
import RotatingFile
import SystemPackage

/// The loop of a ticker's thread, which ends when the other end of its pipe is closed.
final class TickingLoop: @unchecked Sendable {
    // Unchecked: it is made by one thread and then run by another alone; `stop` touches nothing
    // else than the end of the pipe that nobody reads from.

    private static let tickNanoseconds: Int64 = 1_000_000_000
    private static let sealNanoseconds: Int64 = 10_000_000_000
    /// A file that failed once will hardly succeed a moment later.
    private static let retryNanoseconds: Int64 = 60_000_000_000

    private let sink: RotatingFileSink
    private let sealing: Sealer.Options?
    private let onSealed: (@Sendable (Sealer.Report) -> Void)?
    /// Closing the end to write ends the loop.
    private var lifeLine: Pipe
    private let epoll: Epoll
    private var nextSealAt = Clock.monotonicNanoseconds()

    init(
        _ sink: RotatingFileSink, sealing: Sealer.Options?,
        onSealed: (@Sendable (Sealer.Report) -> Void)?
    ) throws(Errno) {
        epoll = try Epoll(capacity: 1)
        lifeLine = try Descriptor.pipe()
        try epoll.add(
            lifeLine.reading.rawValue, .readable, EventToken(slot: 0, version: 0))
        self.sink = sink
        self.sealing = sealing
        self.onSealed = onSealed
    }

    func run() {
        while !isStopped(within: Int32(Self.tickNanoseconds / 1_000_000)) {
            sink.tick()
            if let sealing, Clock.monotonicNanoseconds() >= nextSealAt { seal(sealing) }
        }
    }

    /// Ends `run`; call it once.
    func stop() { lifeLine.writing = nil }

    private func seal(_ options: Sealer.Options) {
        var report = Sealer.Report()
        do {
            report = try sink.seal(options) { self.isStopped(within: 0) }
        } catch {
            report.failures = ["\(error)"]
        }
        let wait = report.failures.isEmpty ? Self.sealNanoseconds : Self.retryNanoseconds
        nextSealAt = Clock.monotonicNanoseconds() + wait
        onSealed?(report)
    }

    /// Waits; true when the ticker is gone, or cannot be watched any more.
    private func isStopped(within milliseconds: Int32) -> Bool {
        (try? epoll.wait(timeoutMilliseconds: milliseconds)) != 0
    }
}
