// SPDX-License-Identifier: Apache-2.0

import Linux
import SystemPackage

/// Which process has which file open to append to it, as locks of the page's file.
///
/// Any reader of a log could lock it by flock(2); only writers can open the page.
extension StatePage {
    /// Tells sealers that this process has the file `inode` open; false: a sealer works on it.
    ///
    /// The lock is on the page's file and not on the file itself, because only writers can open
    /// the page.
    func share(_ inode: UInt64) throws(RotatingFileError) -> Bool {
        try describing("lock", path) { () throws(Errno) in
            try descriptor.tryShareByte(at: Self.lockOffset(of: inode))
        }
    }

    func unshare(_ inode: UInt64) { descriptor.unlockByte(at: Self.lockOffset(of: inode)) }

    /// Whether another process that uses this page has the file `inode` open.
    func isSharedByOthers(_ inode: UInt64) throws(RotatingFileError) -> Bool {
        try describing("lock", path) { () throws(Errno) in
            try descriptor.isByteLockedByOthers(at: Self.lockOffset(of: inode))
        }
    }

    /// The byte of the page's file that stands for the file `inode`, far behind the end.
    static func lockOffset(of inode: UInt64) -> Int64 {
        let base: UInt64 = 1 << 62
        return Int64(base | inode & (base - 1))
    }
}
