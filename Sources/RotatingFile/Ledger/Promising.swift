import Glibc
import Linux
import SystemPackage

/// Noting what a service keeps of a stream, for those who seal by hand and know nothing of it.
extension Sealer {
    /// Notes in the ledger what is kept of the active file `base`, unless it says so already.
    ///
    /// What counts for all streams is not noted where nothing else was: each rollover says it.
    ///
    /// - Parameter mode: permissions of a new ledger, from which the umask is taken away.
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
