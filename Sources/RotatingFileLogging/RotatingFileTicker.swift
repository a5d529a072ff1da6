// SPDX-License-Identifier: Apache-2.0

import Linux
import RotatingFile
import Synchronization
import SystemPackage

/// A thread that ticks a sink, and seals its rotated files if wanted, for programs without a timer.
///
/// It lives as long as this value: keep it. It takes no signals. Start it after `fork`, which
/// copies no threads.
public final class RotatingFileTicker: Sendable {
    private let loop: TickingLoop
    /// Nil once somebody waits for its end.
    private let thread: Mutex<Thread?>

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - sink: is ticked once a second.
    ///   - sealing: how to compress rotated files and which to keep; nil leaves them alone. While
    ///     the thread compresses it does not tick, so leave it to one process of several.
    ///   - onSealed: called by the thread with the report of each pass, about every ten seconds.
    public init(
        _ sink: RotatingFileSink, sealing: Sealer.Options? = nil,
        onSealed: (@Sendable (Sealer.Report) -> Void)? = nil
    ) throws(RotatingFileError) {
        do {
            let loop = try TickingLoop(sink, sealing: sealing, onSealed: onSealed)
            thread = Mutex(try Thread { loop.run() })
            self.loop = loop
        } catch {
            throw .system(operation: "start a thread for", path: sink.path, errno: error)
        }
    }

    deinit { stop() }

    /// Ends the thread and waits for its end; a file that is being compressed is left for later.
    ///
    /// Lines that wait in the sink's buffer still need a flush.
    public func stop() {
        guard let running = thread.withLock({ $0.take() }) else { return }
        loop.stop()
        running.join()
    }
}
