// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest
import Linux
import RotatingFile

/// A stream that this process writes: its files, and the batches that it appends at the end of a turn.
package final class Stream {
    /// The fate of the records of this turn.
    package enum Outcome: Equatable {
        /// All of them are in the file.
        case written
        /// None of them is in the file.
        case failed
        /// All of them are in the file, but they may not be on the disk.
        case unsynchronized
    }

    package let name: String
    package let nameBytes: [UInt8]
    /// The hash of the name, `Span.fnv1a`.
    let nameHash: UInt64
    package let format: StreamFormat
    /// Whether records are on the disk before they are acknowledged, unless a request says
    /// otherwise.
    package let isDurable: Bool
    /// The place among the counters where this stream is counted.
    package let place: Int
    /// Nil while other files need its descriptors.
    private var file: RotatingFile?
    /// The file of rejected records, opened for the first of them.
    private var rejectedFile: RotatingFile?
    private let open: (StreamFile) throws(RotatingFileError) -> RotatingFile

    package var batch = ByteBuffer()
    package var rejected = ByteBuffer()
    /// Whether a request of this turn waits for the disk.
    package var needsSync = false
    /// Whether a request of this turn has records in the batches.
    package var isTouched = false
    package private(set) var outcome = Outcome.written
    /// Larger than that of every stream that was used earlier.
    var lastUse: Int64 = 0

    /// Opens the file of the stream.
    ///
    /// - Parameters:
    ///   - open: opens an active file; it is called again whenever the file was closed.
    ///   - place: called once the file is open, because a stream that cannot be opened must not
    ///     use up one of the places.
    package init(
        name: String, _ plan: StreamPlan,
        open: @escaping (StreamFile) throws(RotatingFileError) -> RotatingFile,
        place: (_ name: [UInt8]) -> Int
    ) throws(RotatingFileError) {
        self.name = name
        let bytes = Array(name.utf8)
        nameBytes = bytes
        nameHash = bytes.span.fnv1a
        format = plan.format
        isDurable = plan.isDurable
        self.open = open
        file = try open(StreamFile(name))
        self.place = place(bytes)
    }

    package var isOpen: Bool { file != nil }

    /// Opens the file again after `release`.
    package func reopen() throws(RotatingFileError) {
        if file == nil { file = try open(StreamFile(name)) }
    }

    /// Closes its files; no record may wait to be written to them.
    func release() {
        file = nil
        rejectedFile = nil
    }

    func isNamed(_ name: Span<UInt8>) -> Bool {
        let own = nameBytes
        return name.equals(own.span)
    }

    /// A request of this turn has records in the batches, or will have.
    package func touch(isDurable: Bool) {
        isTouched = true
        if isDurable { needsSync = true }
    }

    /// Appends the batches, and synchronizes the files if a request asked for it.
    ///
    /// Rejected records go first: if they cannot be kept, all records of the requests are rejected,
    /// and their senders try again.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - mayKeep: whether storage may stay for the next turn.
    ///   - makeRoom: closes files of another stream; returns false if there are none.
    package func commit(
        now: Int64, mayKeep: Bool, makeRoom: () -> Bool = { false },
        onError: (RotatingFileError) -> Void
    ) -> Commit {
        outcome = .written
        let isEmpty = batch.isEmpty && rejected.isEmpty
        var commit = Commit()
        do {
            if !rejected.isEmpty {
                try openRejected(makeRoom)
                try rejectedFile?.append(rejected.span, now: now)
            }
            try reopen()
            try file?.append(batch.span, now: now)
            commit.byteCount = batch.count + rejected.count
        } catch {
            outcome = .failed
            onError(error)
        }
        if needsSync, outcome == .written { synchronize(onError) }
        if !isEmpty { commit.works = outcome == .written }
        batch.clear(keeping: mayKeep ? Self.keptByteLimit : 0)
        rejected.clear(keeping: mayKeep ? Self.keptByteLimit : 0)
        needsSync = false
        isTouched = false
        return commit
    }

    /// The result of a commit, for the counters of the process.
    package struct Commit: Equatable {
        /// Bytes appended to the files of the stream; 0 if one of them failed.
        package var byteCount = 0
        /// Whether writing works; nil if nothing waited, which says nothing about it.
        package var works: Bool?
    }

    private func openRejected(_ makeRoom: () -> Bool) throws(RotatingFileError) {
        while rejectedFile == nil {
            do throws(RotatingFileError) {
                rejectedFile = try open(StreamFile(name, isOfRejected: true))
            } catch {
                guard error.isShortageOfDescriptors, makeRoom() else { throw error }
            }
        }
    }

    private func synchronize(_ onError: (RotatingFileError) -> Void) {
        do {
            try file?.synchronize()
            try rejectedFile?.synchronize()
        } catch {
            outcome = .unsynchronized
            onError(error)
        }
    }

    /// Whether an operator has removed its files.
    var isRemoved: Bool { file?.isRemoved ?? false }

    /// Does the work that is due even without records, such as a rollover.
    package func tick(now: Int64, onError: (RotatingFileError) -> Void) {
        for file in [file, rejectedFile].compactMap({ $0 }) {
            do { try file.tick(now: now) } catch { onError(error) }
        }
    }

    /// Seconds since a rollover was due that has not happened.
    package func overdueSeconds(now: Int64) -> Int64 {
        let rolloverAt = [file, rejectedFile].compactMap { $0?.rolloverAt }.min() ?? now
        return max(0, now - rolloverAt)
    }

    /// The bytes of storage that the batches keep.
    package var keptByteCount: Int { batch.capacity + rejected.capacity }

    /// A batch keeps storage up to this size from turn to turn.
    private static let keptByteLimit = 1 << 20
}

extension RotatingFileError {
    /// Whether this process, or the machine, has too many files open.
    package var isShortageOfDescriptors: Bool {
        guard case .system(_, _, let errno) = self else { return false }
        return errno == .tooManyOpenFiles || errno == .tooManyOpenFilesInSystem
    }
}
