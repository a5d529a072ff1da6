// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// A file of lines that any number of processes append to and that is rotated by time.
///
/// Records that `append` has written stand in the file, once and whole, whichever process dies at any
/// moment: every append and every rollover happens under the lock of one state page beside the file, so
/// a rollover falls between two appends, and the next process finishes work that a dead one left half
/// done. A value belongs to one process: open it after `fork`, not before.
public final class RotatingFile {
    /// How files are made.
    public struct Options: Sendable {
        /// Permissions of new files, less the umask.
        public var mode: mode_t = 0o640
        /// The length that an append may not carry the file beyond: it is rotated before, although
        /// its time has not come.
        ///
        /// A batch that is larger by itself gets a file of its own. Nil: no limit.
        public var maximumByteCount: Int64?
        /// Whether `synchronize` follows every append before it is acknowledged.
        ///
        /// A file that is released in between is then kept until it has been synchronized.
        public var isDurable = false
        /// The service's retention, noted in the ledger for sealing by hand.
        package var promise: RetentionPromise?

        /// Files that their group may read, not durable.
        public init() {}
    }

    /// Where records go now.
    public let path: String
    /// When it is rotated.
    public let schedule: RotationSchedule
    /// Called with each event besides appending.
    public var onEvent: ((RotatingFileEvent) -> Void)?

    let directory: String
    let options: Options
    /// The schedule's checksum when this value was made, because `/etc/localtime` may change.
    let fingerprint: UInt64
    var page: StatePage
    var active: ActiveFile?
    /// Not before this second is a failed rollover tried again.
    var rolloverRetryAt: Int64 = .min
    /// Not before this second is a failed compaction of the ledger tried again.
    var compactionRetryAt: Int64 = .min
    /// How long the ledger may be before it is worth looking whether it can be compacted.
    var ledgerByteLimit = Ledger.compactedByteCount
    /// Files that were released with lines that `synchronize` has yet to put on the disk.
    private var unsynchronized: [ActiveFile] = []
    /// How many of the files above have this inode: for each the page's lock is held.
    var held: [UInt64: Int] = [:]
    private var tickedAt: Int64 = .min
    /// The second in which an append last looked whether the page is still there.
    private var pageCheckedAt: Int64 = .min

    /// Opens or creates the file at `path` and joins the processes that append to it.
    ///
    /// - Parameters:
    ///   - path: of the active file; its directory must exist.
    ///   - schedule: when it is rotated; the same in all processes.
    ///   - options: how files are made.
    ///   - now: seconds since 1970.
    ///   - onEvent: called with each event besides appending, while the lock is held.
    public init(
        path: String, schedule: RotationSchedule, options: Options = Options(),
        now: Int64, onEvent: ((RotatingFileEvent) -> Void)? = nil
    ) throws(RotatingFileError) {
        let (directory, name) = Self.split(path)
        let fileSystem = try describing("inspect", directory) { () throws(Errno) in
            try FileSystem(at: directory)
        }
        if let unreliable = fileSystem.unreliableName {
            throw .unreliableFileSystem(path: directory, name: unreliable)
        }
        self.path = path
        self.directory = directory
        self.schedule = schedule
        self.options = options
        self.onEvent = onEvent
        fingerprint = schedule.fingerprint
        page = try StatePage(for: name, in: directory, mode: options.mode)
        defer { page.unlock() }
        try join(now: now)
        heedClockSetBack(now: now)
        try prepare(now: now)
    }

    /// Appends whole lines, all or nothing.
    ///
    /// When it returns they stand in the file and survive the death of any process. When it
    /// throws, nothing of them does.
    ///
    /// - Parameters:
    ///   - lines: bytes that end with a line feed.
    ///   - now: seconds since 1970.
    public func append(
        _ lines: Span<UInt8>, now: Int64
    ) throws(RotatingFileError) {
        if lines.isEmpty { return }
        guard lines[lines.count - 1] == UInt8(ascii: "\n") else { throw .unterminatedBatch }
        try page.lock()
        defer { page.unlock() }
        if try !leaveStalePage(now: now) { try prepare(now: now) }
        if !hasRoom(for: lines.count), now >= rolloverRetryAt { try rollOver(now: now) }
        try write(lines)
    }

    /// Puts all that was appended by this value on the disk, by fdatasync(2).
    ///
    /// When it throws, lines that were appended since the last success may not survive a power cut,
    /// and trying again proves nothing.
    public func synchronize() throws(RotatingFileError) {
        try synchronizeWhatWasLetGo()
        try active?.synchronize(path, directory: directory)
    }

    /// A caller that never synchronizes must not keep files from being sealed.
    private func synchronizeWhatWasLetGo() throws(RotatingFileError) {
        if unsynchronized.isEmpty { return }
        let files = unsynchronized
        unsynchronized = []
        defer { for file in files { release(file) } }
        for file in files { try file.synchronize(path, directory: directory) }
    }

    /// Does the work that is due without an append; call it about once a second.
    ///
    /// Rotates the file when its time has come and releases a file that another process rotated,
    /// moved or removed, so that it can be compressed.
    public func tick(now: Int64) throws(RotatingFileError) {
        try synchronizeWhatWasLetGo()
        let isClockSetBack = now < tickedAt
        tickedAt = now
        guard isClockSetBack || isOutdated(now: now) else { return }
        try page.lock()
        defer { page.unlock() }
        if isClockSetBack { heedClockSetBack(now: now) }
        if !page.isSound {
            try join(now: now)
        } else if isJoined, !isAtPath {
            try leaveReplacedFile(now: now)
        }
        try prepare(now: now)
    }

    /// Whether somebody has removed the file and its state page, so that nothing is left of it.
    package var isRemoved: Bool {
        do { return try FileStatus(at: path) == nil && FileStatus(at: page.path) == nil } catch {
            return false
        }
    }

    /// When the file is rotated next, seconds since 1970.
    public var rolloverAt: Int64 {
        // The next append or tick starts a page again that something has written over.
        min(max(page[.rolloverAt], -Self.farthestSecond), Self.farthestSecond)
    }

    /// Beyond all calendars; sums with it stay within 64 bits.
    private static let farthestSecond: Int64 = 1 << 40

    /// The name of the file in its directory.
    var name: String { Self.split(path).name }

    /// Whether this process has the page's active file open.
    var isJoined: Bool {
        guard let active else { return false }
        return active.generation == page[.generation] && page.phase != .adopting
            && page.names(active.status) && page[.magic] == StatePage.magic && !page.isLost
    }

    /// Whether the file that this process has open is the one that the path names.
    var isAtPath: Bool {
        guard let status = active?.status else { return false }
        return status.isStill(at: path)
    }

    /// Closes the active file, or keeps it until it has been synchronized.
    func letGo() {
        guard let active else { return }
        if options.isDurable, active.hasUnsynchronizedLines {
            unsynchronized.append(active)
        } else {
            release(active)
        }
        self.active = nil
    }

    /// A rollover that a clock set for the future has put far off must not wait for that future.
    private func heedClockSetBack(now: Int64) {
        rolloverRetryAt = .min
        compactionRetryAt = .min
        let latest = schedule.rollover(after: now)
        if page[.rolloverAt] > latest, page.vouches(for: .rolloverAt) {
            page.set(.rolloverAt, to: latest)
        }
    }

    /// Checks once a second whether other processes find this page, and joins theirs if they do not;
    /// true when it has joined.
    ///
    /// Sealers do not see for long a process that appends under a page that was removed. A rollover
    /// that is due then waits for the next append.
    private func leaveStalePage(now: Int64) throws(RotatingFileError) -> Bool {
        if now == pageCheckedAt { return false }
        pageCheckedAt = now
        if page.isSound { return false }
        try join(now: now)
        try settleLength(now: now)
        return true
    }

    /// Whether a look without the lock shows that there is work.
    private func isOutdated(now: Int64) -> Bool {
        now >= page[.rolloverAt] || !isJoined || page.phase != .idle || !isAtPath || !page.isSound
    }

    private func hasRoom(for byteCount: Int) -> Bool {
        guard let maximum = options.maximumByteCount else { return true }
        return page[.committedByteCount] &+ Int64(byteCount) <= maximum
    }

    private func write(_ lines: Span<UInt8>) throws(RotatingFileError) {
        guard let active else { preconditionFailure("prepare has opened the active file") }
        let committed = page[.committedByteCount]
        page.plan(appending: lines.count, behind: committed)
        page.phase = .appending
        do {
            try active.descriptor.writeAll(lines)
        } catch {
            // If this fails too, the phase stays and the next to hold the lock cuts back.
            if (try? cutBack(active, to: committed)) != nil { page.phase = .idle }
            throw .system(operation: "append to", path: path, errno: error)
        }
        page.set(.committedByteCount, to: committed &+ Int64(lines.count))
        page.phase = .idle
        active.hasUnsynchronizedLines = true
    }

    static func split(_ path: String) -> (directory: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        let directory = path[..<slash]
        return (
            directory.isEmpty ? "/" : String(directory), String(path[path.index(after: slash)...])
        )
    }
}
