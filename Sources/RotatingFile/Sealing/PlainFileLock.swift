// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// The right to compress or remove a rotated file: no writer has it open, and no other sealer
/// works on it.
///
/// It is the exclusive lock of the byte in the state page of which writers hold the shared one.
struct PlainFileLock: ~Copyable {
    /// Nil: there is no page, so nobody writes by it.
    private let page: Descriptor?
    private let offset: Int64

    /// Takes it; nil when a writer or another sealer has the file `plain`.
    static func take(
        of plain: borrowing Descriptor, _ status: FileStatus, pagePath: String,
        _ graceSeconds: Int64
    ) throws(Errno) -> PlainFileLock? {
        let lock = PlainFileLock(
            page: try open(pagePath), offset: StatePage.lockOffset(of: status.inode))
        guard try lock.isGranted() else { return nil }
        // Any reader can lock the file, so the lock is only waited for as long as it may be that of
        // a writer whose page was removed: that writer notices within a second.
        let isFree = (try? plain.tryLockExclusively()) ?? true
        let age = Clock.epochSeconds() - status.changed
        if !isFree, 0..<graceSeconds ~= age { return nil }
        return lock
    }

    private func isGranted() throws(Errno) -> Bool {
        try page?.tryLockByteExclusively(at: offset) ?? true
    }

    /// To be called before the file is closed: its inode may be another file's a moment later.
    func unlock() { page?.unlockByte(at: offset) }

    private static func open(_ path: String) throws(Errno) -> Descriptor? {
        do {
            let opened = try Descriptor.open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK)
            guard try FileStatus(of: opened).isRegular else { return nil }
            return opened
        } catch {
            switch error {
            // A file that is not regular is no page either.
            case .noSuchFileOrDirectory, .tooManySymbolicLinkLevels, .noSuchAddressOrDevice,
                .isDirectory:
                return nil
            default: throw error
            }
        }
    }
}
