import Linux
import SystemPackage

/// Who has which file open to append to it, as locks of the page's file.
///
/// Whoever may read a log could lock it, by flock(2); only those who may write can open the page.
extension StatePage {
    /// Says to sealers that this process has the file `inode` open; false: a sealer works on it.
    ///
    /// The lock is one of the page's file and not of the file that it is about, since only those
    /// who may write the page can open that.
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
