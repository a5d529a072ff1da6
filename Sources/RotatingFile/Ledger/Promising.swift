// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// Noting a service's retention of a stream, for sealing by hand without its configuration.
extension Sealer {
    /// Notes in the ledger the retention of the active file `base`, unless it is there already.
    ///
    /// The retention of all streams is noted only to replace another, because each rollover notes it.
    ///
    /// - Parameter mode: permissions of a new ledger, less the umask.
    package func note(
        _ promise: RetentionPromise, of base: String, mode: mode_t, now: Int64
    ) throws(RotatingFileError) {
        let ledger = Ledger(of: base, in: directory.path)
        let noted = try ledger.contents().promise
        guard noted != promise, promise.isOwn || noted?.isOwn == true else { return }
        try Self.holdingPage(of: base, in: directory, mode: mode) {
            () throws(RotatingFileError) in
            let entry = LedgerEntry(at: now, event: .keeps, promise: promise)
            try ledger.append([entry], Ledger.Writing(mode: mode))
        }
    }

    /// The active files of the directory, by their state pages: a file that only has such a name is
    /// somebody else's.
    package func activeNames() throws(RotatingFileError) -> [String] {
        let memory = memory ?? DirectoryMemory()
        return try memory.recentContents(of: directory).paged.filter { base in
            includes(base) && memory.rolloverAt(of: base, in: directory, now: .min) != nil
        }
    }
}
