// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// The file that records go into, as this process has it open.
///
/// As long as it is open the process holds the shared lock of its byte in the page, see
/// `StatePage.share`, so that a sealer leaves it alone. The shared flock(2) of the file itself is
/// information: it names the process to users who may not open the page, and it lets writers of two
/// pages notice each other. Nothing waits for it, because any reader of the file can lock it.
final class ActiveFile {
    let descriptor: Descriptor
    let status: FileStatus
    /// The page's generation for which it was opened.
    var generation: Int64 = -1
    /// Whether this process has appended since it last synchronized.
    var hasUnsynchronizedLines = false
    /// Whether its name may not be on the disk yet.
    private var needsDirectorySync = true

    /// Opens the file at `path`; nil when there is none.
    static func existing(_ path: String) throws(RotatingFileError) -> ActiveFile? {
        do {
            return try ActiveFile(path, flags: 0, mode: 0)
        } catch {
            if case .system(_, _, .noSuchFileOrDirectory) = error { return nil }
            throw error
        }
    }

    /// Creates the file at `path`, which nobody else can have created: the caller has the lock.
    static func creating(_ path: String, mode: mode_t) throws(RotatingFileError) -> ActiveFile {
        try ActiveFile(path, flags: O_CREAT | O_EXCL, mode: mode)
    }

    private init(_ path: String, flags: Int32, mode: mode_t) throws(RotatingFileError) {
        let opened = try Self.open(path, flags, mode)
        status = try Self.claim(opened, path)
        descriptor = opened
    }

    private static func open(
        _ path: String, _ flags: Int32, _ mode: mode_t
    ) throws(RotatingFileError) -> Descriptor {
        do {
            // O_NONBLOCK: a FIFO in the file's place must not hang the process.
            let all = O_RDWR | O_APPEND | O_NOFOLLOW | O_NONBLOCK | flags
            return try Descriptor.open(path, all, mode: mode)
        } catch {
            switch error {
            case .tooManySymbolicLinkLevels, .noSuchAddressOrDevice, .isDirectory:
                throw .notARegularFile(path: path)
            default: throw .system(operation: "open", path: path, errno: error)
            }
        }
    }

    private static func claim(
        _ opened: borrowing Descriptor, _ path: String
    ) throws(RotatingFileError) -> FileStatus {
        let found = try describing("inspect", path) { () throws(Errno) in
            try FileStatus(of: opened)
        }
        guard found.isRegular else { throw .notARegularFile(path: path) }
        guard found.linkCount <= 1 else { throw .severalLinks(path: path) }
        _ = try? opened.tryLockShared()
        return found
    }

    /// The length and link count now.
    func currentStatus(_ path: String) throws(RotatingFileError) -> FileStatus {
        try describing("inspect", path) { () throws(Errno) in try FileStatus(of: descriptor) }
    }

    /// Puts contents on the disk and, the first time, the file's name.
    func synchronize(_ path: String, directory: String) throws(RotatingFileError) {
        // An error is reported once; the next success would not be about these lines.
        hasUnsynchronizedLines = false
        try describing("synchronize", path) { () throws(Errno) in
            try descriptor.synchronizeData()
            guard needsDirectorySync else { return }
            try Directory.synchronize(directory)
            needsDirectorySync = false
        }
    }

    /// Ends the last line that somebody else wrote, so that the next record does not join it, and
    /// returns the length of the file after that.
    func terminateLastLine(
        _ path: String, of byteCount: Int64
    ) throws(RotatingFileError) -> Int64 {
        if byteCount == 0 { return 0 }
        return try describing("end the last line of", path) { () throws(Errno) in
            var last: UInt8 = 0
            try withUnsafeMutableBytes(of: &last) { byte throws(Errno) in
                try descriptor.readAll(into: byte, at: byteCount - 1)
            }
            if last == UInt8(ascii: "\n") { return byteCount }
            try descriptor.writeAll([UInt8(ascii: "\n")].span)
            return byteCount + 1
        }
    }

    /// Cuts off the bytes behind `byteCount`, unless somebody else has cut off more.
    func cutBack(to byteCount: Int64) throws(Errno) {
        // ftruncate(2) would fill up a file that is shorter.
        guard try FileStatus(of: descriptor).byteCount > byteCount else { return }
        try descriptor.truncate(to: byteCount)
    }

    /// How many bytes of the file stand before and including its last line feed.
    ///
    /// The line feed is looked for in the last `searchedByteCount` bytes, more than any append has.
    /// Where there is none, all bytes count, because all writers would wait while a huge file of
    /// something else is read to its beginning.
    func wholeLinesByteCount(
        _ path: String, of byteCount: Int64
    ) throws(RotatingFileError) -> Int64 {
        try describing("read", path) { () throws(Errno) in
            try withUnsafeTemporaryAllocation(
                byteCount: 1 << 16, alignment: 1
            ) { chunk throws(Errno) in
                var end = byteCount
                let first = max(0, byteCount - Self.searchedByteCount)
                while end > first {
                    let start = max(0, end - Int64(chunk.count))
                    let part = UnsafeMutableRawBufferPointer(rebasing: chunk[..<Int(end - start)])
                    try descriptor.readAll(into: part, at: start)
                    if let last = part.lastIndex(of: UInt8(ascii: "\n")) {
                        return start + Int64(last) + 1
                    }
                    end = start
                }
                return end > 0 ? byteCount : 0
            }
        }
    }
}

extension ActiveFile {
    private static let searchedByteCount: Int64 = 256 << 20
}

extension FileStatus {
    /// Whether `path` names this file; true where that cannot be known now.
    func isStill(at path: String) -> Bool {
        do { return try FileStatus(at: path)?.isSameFile(as: self) ?? false } catch { return true }
    }
}
