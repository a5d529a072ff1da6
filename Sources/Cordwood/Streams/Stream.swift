import Bytes
import CordwoodConfiguration
import Ingest
import Linux
import Monitoring
import RotatingFile
import SystemPackage

/// A stream that this process writes: its file, and what waits for the end of the turn.
final class Stream {
    /// What became of the records of this turn.
    enum Outcome: Equatable {
        /// They stand in the file.
        case written
        /// None of them does.
        case failed
        /// They stand in the file, but may not be on the disk.
        case unsynchronized
    }

    let name: String
    let nameBytes: [UInt8]
    /// `Span.fnv1a` of them.
    let nameHash: UInt64
    let format: StreamFormat
    /// Whether its records are on the disk before they are acknowledged, if a request asks for
    /// nothing else.
    let isDurable: Bool
    /// Nil while other files need its descriptors.
    private var file: RotatingFile?
    /// Records that could not be used, opened when there is the first.
    private var rejectedFile: RotatingFile?
    private let open: (String) throws(RotatingFileError) -> RotatingFile

    var batch = ByteBuffer()
    var rejected = ByteBuffer()
    var needsSync = false
    var isTouched = false
    /// Where it counts, in the `StreamDirectory`.
    var place = StreamDirectory.others
    private(set) var outcome = Outcome.written
    /// Larger than that of every stream that was used earlier.
    var lastUse: Int64 = 0

    /// Opens the file of the stream `name`; `open` is given a stream's name and opens its file.
    init(
        name: String, _ settings: Configuration.StreamSettings,
        open: @escaping (String) throws(RotatingFileError) -> RotatingFile
    ) throws(RotatingFileError) {
        self.name = name
        let bytes = Array(name.utf8)
        nameBytes = bytes
        nameHash = bytes.span.fnv1a
        format = settings.format == .raw ? .raw : .json
        isDurable = settings.ack == .fsync
        self.open = open
        file = try open(name)
    }

    var isOpen: Bool { file != nil }

    /// Opens the file again after `release`.
    func reopen() throws(RotatingFileError) {
        if file == nil { file = try open(name) }
    }

    /// Closes its files, of which nothing waits to be written.
    func release() {
        file = nil
        rejectedFile = nil
    }

    func isNamed(_ name: Span<UInt8>) -> Bool {
        guard nameBytes.count == name.count else { return false }
        for index in 0..<name.count where nameBytes[index] != name[index] { return false }
        return true
    }

    /// Appends what waits, and synchronizes if a request asked for it.
    ///
    /// Rejected records go first: if they cannot be kept the requests are refused whole, and
    /// their sender will try again.
    ///
    /// - Parameters:
    ///   - now: seconds since 1970.
    ///   - time: monotonic nanoseconds, for those who judge whether writing works.
    ///   - mayKeep: whether storage may stay for the next turn.
    ///   - makeRoom: closes files of another stream; false: there are none.
    func commit(
        now: Int64, time: Int64, counters: Counters, mayKeep: Bool,
        makeRoom: () -> Bool = { false },
        onError: (RotatingFileError) -> Void
    ) {
        outcome = .written
        let isEmpty = batch.isEmpty && rejected.isEmpty
        do {
            if !rejected.isEmpty {
                try openRejected(makeRoom)
                try rejectedFile?.append(rejected.span, now: now)
            }
            try reopen()
            try file?.append(batch.span, now: now)
            counters.add(batch.count + rejected.count, to: .writtenBytes)
            counters.add(batch.count + rejected.count, to: .bytes, at: place)
        } catch {
            outcome = .failed
            onError(error)
        }
        if needsSync, outcome == .written { synchronize(onError) }
        if !isEmpty { counters.set(outcome == .written ? .writtenAt : .failedAt, to: time) }
        batch.clear(keeping: mayKeep ? Self.keptByteLimit : 0)
        rejected.clear(keeping: mayKeep ? Self.keptByteLimit : 0)
        needsSync = false
        isTouched = false
    }

    private func openRejected(_ makeRoom: () -> Bool) throws(RotatingFileError) {
        while rejectedFile == nil {
            do throws(RotatingFileError) {
                rejectedFile = try open(name + ".rejected")
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

    /// Whether somebody has removed its files, to be rid of it.
    var isRemoved: Bool { file?.isRemoved ?? false }

    /// Does what is due without records.
    func tick(now: Int64, onError: (RotatingFileError) -> Void) {
        for file in [file, rejectedFile].compactMap({ $0 }) {
            do { try file.tick(now: now) } catch { onError(error) }
        }
    }

    /// Seconds since a rollover was due that has not happened.
    func overdueSeconds(now: Int64) -> Int64 {
        let rolloverAt = [file, rejectedFile].compactMap { $0?.rolloverAt }.min() ?? now
        return max(0, now - rolloverAt)
    }

    /// What it keeps of its batches' storage.
    var keptByteCount: Int { batch.capacity + rejected.capacity }

    /// A batch's storage up to this size is kept from turn to turn.
    private static let keptByteLimit = 1 << 20
}

extension RotatingFileError {
    /// Whether this process, or the machine, has too many files open.
    var isShortageOfDescriptors: Bool {
        guard case .system(_, _, let errno) = self else { return false }
        return errno == .tooManyOpenFiles || errno == .tooManyOpenFilesInSystem
    }
}
