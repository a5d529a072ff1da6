import Glibc
import Linux
import SystemPackage

/// The file that records go into, as this process has it open.
///
/// It is locked shared as long as it is open, so that whoever compresses rotated files can see
/// that a writer still has one.
final class ActiveFile {
    let descriptor: Descriptor
    let status: FileStatus
    /// The page's generation for which it was opened.
    var generation: Int64 = -1
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
            let all = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | flags
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
        try describing("lock", path) { () throws(Errno) in
            if try !opened.tryLockShared() { throw .wouldBlock }
        }
        return found
    }

    /// The length and link count now.
    func currentStatus(_ path: String) throws(RotatingFileError) -> FileStatus {
        try describing("inspect", path) { () throws(Errno) in try FileStatus(of: descriptor) }
    }

    /// Puts contents on the disk and, the first time, the file's name.
    func synchronize(directory: String) throws(Errno) {
        try descriptor.synchronizeData()
        if needsDirectorySync {
            try Directory.synchronize(directory)
            needsDirectorySync = false
        }
    }

    /// How many bytes of the file stand before and including its last line feed.
    static func wholeLinesByteCount(_ path: String, of byteCount: Int64) throws(Errno) -> Int64 {
        let reading = try Descriptor.open(path, O_RDONLY | O_NOFOLLOW)
        var end = byteCount
        return try withUnsafeTemporaryAllocation(
            byteCount: 1 << 16, alignment: 1
        ) { chunk throws(Errno) in
            while end > 0 {
                let start = max(0, end - Int64(chunk.count))
                let part = UnsafeMutableRawBufferPointer(rebasing: chunk[..<Int(end - start)])
                try reading.readAll(into: part, at: start)
                if let last = part.lastIndex(of: UInt8(ascii: "\n")) {
                    return start + Int64(last) + 1
                }
                end = start
            }
            return 0
        }
    }
}
