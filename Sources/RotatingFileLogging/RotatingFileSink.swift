// SPDX-License-Identifier: Apache-2.0

import Linux
import Logging
import RotatingFile
import Synchronization

/// The rotating file that all log handlers of a process share.
///
/// Any number of threads log into it, and any number of processes have a sink for the same file.
/// A log call never throws and never waits for anything but the file: failures are counted, and
/// `onError` is called with them. Open it after `fork`, not before.
///
/// Without a buffer each log call is an append: when it returns, the line stands in the file and
/// survives the death of the process, though not a power cut; see ``synchronize()``. With one,
/// lines wait in memory until it is full, until one of `flushLevel` comes, or until ``flush()`` or
/// ``tick()``: a crash, or an exit without a flush, loses those that wait.
public final class RotatingFileSink: Sendable {
    /// How lines reach the file.
    public struct Options: Sendable {
        /// How the file is made.
        public var file = RotatingFile.Options()
        /// How many bytes of lines may wait in memory; 0 appends each line at once.
        public var bufferByteCount = 0
        /// The least level that no crash shall lose: such a line and those before it are appended
        /// at once.
        public var flushLevel = Logger.Level.error

        /// Appends each line at once.
        public init() {}
    }

    /// Told why a line, a flush or a rollover failed.
    ///
    /// It is called after the file's lock is released, by one thread at a time. It may log here:
    /// of errors that come while it runs it is told at the next call.
    public typealias ErrorHandler = @Sendable (RotatingFileError) -> Void
    /// Called with each event of the file besides appending.
    public typealias EventHandler = @Sendable (RotatingFileEvent) -> Void

    /// Where lines go now.
    public let path: String

    let clock: @Sendable () -> Int64
    private let writer: Mutex<LineWriter>
    private let isReporting = Atomic(false)
    private let onError: ErrorHandler?
    private let onEvent: EventHandler?

    /// Opens or creates the file at `path`, in a directory that exists.
    ///
    /// - Parameters:
    ///   - path: of the active file.
    ///   - schedule: when it is rotated; the same in all processes.
    ///   - options: whether lines wait in memory, and how the file is made.
    ///   - onError: called with the reason why a line, a flush or a rollover failed.
    ///   - onEvent: called with each event of the file besides appending.
    public convenience init(
        path: String, schedule: RotationSchedule, options: Options = Options(),
        onError: ErrorHandler? = nil, onEvent: EventHandler? = nil
    ) throws(RotatingFileError) {
        try self.init(
            path: path, schedule: schedule, options: options, onError: onError, onEvent: onEvent,
            clock: { Clock.epochNanoseconds() })
    }

    /// Takes nanoseconds since 1970 from `clock`.
    init(
        path: String, schedule: RotationSchedule, options: Options,
        onError: ErrorHandler? = nil, onEvent: EventHandler? = nil,
        clock: @escaping @Sendable () -> Int64
    ) throws(RotatingFileError) {
        self.path = path
        self.clock = clock
        self.onError = onError
        self.onEvent = onEvent
        writer = Mutex(
            try LineWriter(
                path: path, schedule: schedule, options: options, now: Self.seconds(clock())))
        // Opening may have finished work that a dead process left half done.
        report()
    }

    deinit { writer.withLock { _ = $0.flush() } }

    /// The counts of all lines so far.
    public var statistics: Statistics { writer.withLock { $0.statistics } }

    /// Appends the lines that wait.
    ///
    /// When it throws they go on waiting, as far as the buffer holds them.
    public func flush() throws(RotatingFileError) {
        try throwing { $0.flush() }
    }

    /// Appends the lines that wait and puts all lines on the disk, by fdatasync(2).
    ///
    /// Only lines that were logged before a call that returned survive a power cut.
    public func synchronize() throws(RotatingFileError) {
        try throwing { $0.synchronize() }
    }

    /// Does the work that is due without a log call; call it about once a second.
    ///
    /// It appends the lines that wait, rotates the file when its time has come, and lets go of one
    /// that another process has rotated, so that it can be compressed. A log call does the latter
    /// two as well: a process that never ticks is late only as long as it says nothing. Call it from
    /// a timer that you have, or let a ``RotatingFileTicker`` do it.
    public func tick() {
        let now = Self.seconds(clock())
        perform { $0.tick(now: now) }
    }

    /// Compresses rotated files and removes the oldest, while others go on logging.
    ///
    /// It concerns this file alone and takes as long as compressing takes.
    ///
    /// - Parameters:
    ///   - options: how many files to keep, such as `.init(backupCount: 7)`.
    ///   - shouldStop: asked often; true ends it early, without harm.
    @discardableResult
    public func seal(
        _ options: Sealer.Options = Sealer.Options(),
        shouldStop: @escaping () -> Bool = { false }
    ) throws(RotatingFileError) -> Sealer.Report {
        try RotatingFile.seal(
            path, options: options, now: Self.seconds(clock()), shouldStop: shouldStop)
    }

    /// Accepts a whole line, made at `nanoseconds`.
    func write(_ line: borrowing LogLine, level: Logger.Level, at nanoseconds: Int64) {
        let hasNotices = writer.withLock { writer in
            writer.write(line, level: level, now: Self.seconds(nanoseconds))
            return !writer.notices.isEmpty
        }
        if hasNotices { report() }
    }

    private func perform(_ body: (LineWriter) -> Void) {
        let hasNotices = writer.withLock { writer in
            body(writer)
            return !writer.notices.isEmpty
        }
        if hasNotices { report() }
    }

    private func throwing(
        _ body: (LineWriter) -> RotatingFileError?
    ) throws(RotatingFileError) {
        var error: RotatingFileError?
        perform { error = body($0) }
        if let error { throw error }
    }

    /// Tells the callbacks what has gathered, once: what they cause themselves waits, lest they
    /// call each other for ever.
    private func report() {
        guard !isReporting.exchange(true, ordering: .acquiringAndReleasing) else { return }
        defer { isReporting.store(false, ordering: .releasing) }
        for notice in writer.withLock({ $0.notices.take() }) {
            if let error = notice.error { onError?(error) }
            if case .event(let event) = notice { onEvent?(event) }
        }
    }

    private static func seconds(_ nanoseconds: Int64) -> Int64 { nanoseconds / 1_000_000_000 }
}
