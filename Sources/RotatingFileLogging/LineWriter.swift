// SPDX-License-Identifier: Apache-2.0

import Bytes
import Logging
import RotatingFile

/// The file and the lines that wait for it, which the threads of a process use one at a time.
final class LineWriter {
    /// A buffer's storage up to this size is kept from flush to flush.
    private static let keptByteCount = 1 << 20

    let notices = Notices()
    private var counts = Statistics()
    private let file: RotatingFile
    private let options: RotatingFileSink.Options
    private var waiting = ByteBuffer()
    /// When the newest of the lines that wait was made.
    private var waitingAt: Int64 = 0

    init(
        path: String, schedule: RotationSchedule, options: RotatingFileSink.Options, now: Int64
    ) throws(RotatingFileError) {
        self.options = options
        let notices = notices
        file = try RotatingFile(
            path: path, schedule: schedule, options: options.file, now: now,
            onEvent: { notices.add(.event($0)) })
    }

    var statistics: Statistics {
        var statistics = counts
        statistics.failureCount = notices.failureCount
        statistics.lastError = notices.lastError
        return statistics
    }

    /// Appends `line`, or lets it wait if the options say so and there is room.
    func write(_ line: borrowing LogLine, level: Logger.Level, now: Int64) {
        let byteCount = line.bytes.count
        if waiting.count + byteCount > options.bufferByteCount || now >= file.rolloverAt { flush() }
        if !waiting.isEmpty, waiting.count + byteCount > options.bufferByteCount {
            // The lines that wait are older than this one and say more about the cause.
            counts.lostCount += 1
        } else if byteCount > options.bufferByteCount {
            if append(line.bytes.span, now: now) == nil {
                counts.appendedCount += 1
            } else {
                counts.lostCount += 1
            }
        } else {
            waiting.append(line.bytes.span)
            waitingAt = now
            counts.waitingCount += 1
            if level >= options.flushLevel { flush() }
        }
    }

    /// Appends the lines that wait; they are kept when that fails.
    ///
    /// It is done as of when the lines were made: if nobody else has rolled over since, they go
    /// into the file of their interval.
    @discardableResult
    func flush() -> RotatingFileError? {
        if waiting.isEmpty { return nil }
        if let error = append(waiting.span, now: waitingAt) { return error }
        counts.appendedCount += counts.waitingCount
        counts.waitingCount = 0
        waiting.clear(keeping: Self.keptByteCount)
        return nil
    }

    func synchronize() -> RotatingFileError? {
        flush() ?? attempt { () throws(RotatingFileError) in try file.synchronize() }
    }

    func tick(now: Int64) {
        flush()
        _ = attempt { () throws(RotatingFileError) in try file.tick(now: now) }
    }

    private func append(_ lines: Span<UInt8>, now: Int64) -> RotatingFileError? {
        do {
            try file.append(lines, now: now)
        } catch {
            return failed(error)
        }
        // Its error is noted and not returned: the lines stand in the file, and a buffer that was
        // told they do not would append them again.
        if options.file.isDurable {
            _ = attempt { () throws(RotatingFileError) in try file.synchronize() }
        }
        return nil
    }

    private func attempt(
        _ body: () throws(RotatingFileError) -> Void
    ) -> RotatingFileError? {
        do {
            try body()
            return nil
        } catch {
            return failed(error)
        }
    }

    private func failed(_ error: RotatingFileError) -> RotatingFileError {
        notices.add(.failed(error))
        return error
    }
}
