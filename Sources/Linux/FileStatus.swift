// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// The part of stat(2)'s answer that Cordwood uses.
package struct FileStatus: Equatable, Sendable {
    package var device: UInt64
    package var inode: UInt64
    /// At most 64 PiB, so that sums of lengths stay within 64 bits whatever sparse files there are.
    package var byteCount: Int64
    package var linkCount: UInt64
    package var mode: mode_t
    package var user: uid_t
    package var group: gid_t
    /// Seconds since 1970, in the years 1 to 9999: differences of them stay within 64 bits.
    package var modified: Int64
    package var modifiedNanoseconds: Int
    /// Seconds since 1970 when the file was last written, renamed or given other permissions.
    package var changed: Int64

    package var isRegular: Bool { mode & S_IFMT == S_IFREG }
    package var isDirectory: Bool { mode & S_IFMT == S_IFDIR }
    package var isSocket: Bool { mode & S_IFMT == S_IFSOCK }

    /// Whether both describe the same file, however it is named now.
    package func isSameFile(as other: FileStatus) -> Bool {
        device == other.device && inode == other.inode
    }

    /// Of an open file.
    ///
    /// The corresponding system call is `fstat`.
    package init(of descriptor: borrowing Descriptor) throws(Errno) {
        var status = stat()
        let number = descriptor.rawValue
        _ = try systemCall(.fstat) { fstat(number, &status) }
        self.init(status)
    }

    /// Of a path, not following a symbolic link; nil when there is none.
    ///
    /// The corresponding system call is `lstat`.
    package init?(at path: String) throws(Errno) {
        var status = stat()
        do {
            _ = try systemCall(.stat) { lstat(path, &status) }
        } catch {
            if error == .noSuchFileOrDirectory { return nil }
            throw error
        }
        self.init(status)
    }

    private init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        byteCount = min(Int64(status.st_size), 1 << 56)
        linkCount = UInt64(status.st_nlink)
        mode = status.st_mode
        user = status.st_uid
        group = status.st_gid
        modified = Self.clamped(status.st_mtim.tv_sec)
        modifiedNanoseconds = Int(status.st_mtim.tv_nsec)
        changed = Self.clamped(status.st_ctim.tv_sec)
    }

    /// A file system may keep any 64 bits as a time.
    private static func clamped(_ time: Int) -> Int64 {
        min(max(Int64(time), -62_135_596_800), 253_402_300_799)
    }
}
