// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import Diagnostics
import HTTP
import Linux
import Logging
import Monitoring
import RotatingFile
import Streams

/// The streams that a worker writes: records are added to their batches in a turn and appended to
/// their files at its end.
final class Batches {
    private let streams: StreamTable
    private let counters: Counters
    private let turn: Turn
    private let requestLog: RequestLog
    private let log: Logger
    private let defaultStream: [UInt8]
    private var isReopening = false

    /// - Parameter isReplacement: whether other workers already serve.
    init(
        _ settings: Configuration, _ counters: Counters, _ turn: Turn, _ requestLog: RequestLog,
        _ log: Logger, isReplacement: Bool,
        open: @escaping (StreamFile) throws(RotatingFileError) -> RotatingFile
    ) throws(RotatingFileError) {
        self.counters = counters
        self.turn = turn
        self.requestLog = requestLog
        self.log = log
        defaultStream = Array(settings.streams.defaultStream.utf8)
        streams = Self.table(settings, counters, open: open)
        // The default stream's file exists, and its rollovers are on time, even before the first
        // record.
        do throws(StreamError) {
            let name = defaultStream
            _ = try streams.index(of: name.span)
        } catch {
            guard case .file(let failure) = error else { return }
            // At the start, a stream that cannot be opened is an error to report before anything is
            // accepted. Later the other streams must continue.
            if !isReplacement { throw failure }
            requestLog.say(failure)
        }
    }

    private static func table(
        _ settings: Configuration, _ counters: Counters,
        open: @escaping (StreamFile) throws(RotatingFileError) -> RotatingFile
    ) -> StreamTable {
        let census = StreamCensus(
            directory: settings.directory, limit: settings.streams.maxCount)
        let alwaysThere = settings.streams.defaultStream
        let directory = StreamDirectory(counters.scoreboard)
        return StreamTable(limit: settings.streams.maxOpen) { name throws(StreamError) in
            guard name == alwaysThere || census.admits(name, now: Clock.monotonicSeconds()) else {
                throw .tooMany
            }
            do throws(RotatingFileError) {
                return try Stream(
                    name: name, settings.plans.plan(of: name), open: open,
                    place: directory.place(of:))
            } catch {
                throw .file(error)
            }
        }
    }

    // MARK: In a turn

    /// The stream at a place that `open` returned in this turn.
    subscript(place: Int) -> Stream { streams[place] }

    /// The place of the stream of this name, opened if necessary; it stays until the turn ends.
    ///
    /// - Parameter name: the name; empty for the default stream.
    func open(_ name: Span<UInt8>) throws(StreamError) -> Int {
        let place: Int
        if name.isEmpty {
            let name = defaultStream
            place = try streams.index(of: name.span)
        } else {
            place = try streams.index(of: name)
        }
        // Streams that are open beyond the limit are released at the end of the turn.
        if streams.isCrowded { turn.isFull = true }
        return place
    }

    /// Appends the batches to their files.
    func commit() {
        var keptByteCount = 0
        for index in 0..<streams.count {
            if streams[index].isTouched {
                let commit = streams[index].commit(
                    now: turn.epochSeconds, mayKeep: keptByteCount < Self.keptByteLimit,
                    makeRoom: { streams.releaseLeastRecentlyUsed() }
                ) {
                    requestLog.say($0, requestID: turn.firstRequestID(ofStream: index))
                }
                count(commit, at: streams[index].place)
            }
            keptByteCount += streams[index].keptByteCount
        }
    }

    private func count(_ commit: Stream.Commit, at place: Int) {
        counters.add(commit.byteCount, to: .writtenBytes)
        counters.add(commit.byteCount, to: .bytes, at: place)
        if let works = commit.works {
            counters.set(works ? .writtenAt : .failedAt, to: turn.startedAt)
        }
    }

    /// How much of their batches' storage all streams together keep from turn to turn.
    private static let keptByteLimit = 8 << 20

    /// Called when the answers of the turn are written, because they refer to these streams.
    func endTurn() {
        streams.shrink()
        if isReopening { closeFiles() }
    }

    // MARK: Between turns

    /// Does the work that is due each second even without records.
    func tick(now: Int64) {
        // Before the rollovers of the others, which create missing files.
        for name in streams.forgetRemoved(butNot: defaultStream) {
            log.report(
                .streamReleased,
                "the log file and the state page of the stream \(name) were removed or moved: the next request for the stream creates them"
            )
        }
        var overdueSeconds: Int64 = 0
        for index in 0..<streams.count {
            streams[index].tick(now: now) { requestLog.say($0) }
            overdueSeconds = max(overdueSeconds, streams[index].overdueSeconds(now: now))
        }
        counters.set(.rolloverOverdue, to: overdueSeconds)
    }

    /// Closes all files, which are opened again when they are needed; in a turn that has promised
    /// answers, at its end.
    func reopen() {
        if turn.replies.isEmpty { closeFiles() } else { isReopening = true }
    }

    private func closeFiles() {
        isReopening = false
        streams.closeAll()
        log.report(.filesReopened, "the log files are opened again")
    }

    /// Closes the files of a stream that are not needed now; false if there are none.
    func releaseDescriptors() -> Bool { streams.releaseLeastRecentlyUsed() }
}
