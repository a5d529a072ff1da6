import Linux
import SystemPackage

/// The rollover: the active file gets its rotated name and a new one takes its place.
extension RotatingFile {
    /// Rolls over, under the page's lock, between two appends.
    ///
    /// A rollover that fails costs no record: they go on into the old file.
    func rollOver(now: Int64) throws(RotatingFileError) {
        if page[.committedByteCount] == 0 {
            if now >= page[.rolloverAt] {
                page.set(.rolloverAt, to: schedule.rollover(after: now))
            }
        } else if isAtPath {
            try closeActiveFile(now: now)
        } else {
            // Somebody moved or replaced it: what stands there now is not to be renamed unseen.
            try leaveReplacedFile(now: now)
        }
    }

    /// Gives the active file its rotated name and puts a new one in its place.
    ///
    /// The phase goes first: whoever comes after a death between any two steps follows the path
    /// anew. The old file stays open, and so locked against sealing, until the new one is there,
    /// since without that it gets its name back.
    func closeActiveFile(now: Int64) throws(RotatingFileError) {
        page.phase = .adopting
        let rotated: String
        do {
            rotated = try giveRotatedName(now: now)
        } catch {
            return postponeRollover(error, now: now)
        }
        let created: ActiveFile
        do {
            created = try ActiveFile.creating(path, mode: options.mode)
        } catch {
            guard (try? Directory.renameWithoutReplacing(rotated, to: path)) == true else {
                throw error
            }
            return postponeRollover(error, now: now)
        }
        letGo()
        try adopt(created, now: now)
        onEvent?(.rolledOver(to: rotated))
    }

    private func postponeRollover(_ error: RotatingFileError, now: Int64) {
        page.phase = .idle
        rolloverRetryAt = now + 1
        onEvent?(.rolloverFailed(error))
    }

    /// Renames the active file to the next name of its interval, and returns its path.
    ///
    /// The ledger gets its line first: a file that stands under a rotated name has a place in it.
    private func giveRotatedName(now: Int64) throws(RotatingFileError) -> String {
        let interval = RotatedName(
            base: name, schedule: schedule,
            intervalStart: schedule.intervalStart(endingAt: page[.rolloverAt], now: now))
        var standing = try rotatedFiles()
        let isCompactionDue = now >= compactionRetryAt
        if isCompactionDue, !ledger.compactIfLarge(standing: standing, ledgerWriting) {
            compactionRetryAt = now + 60
        }
        while true {
            guard let rotated = interval.numbered(behind: standing) else {
                throw .system(operation: "find a free name for", path: path, errno: .fileExists)
            }
            try noteInLedger(rotated, now: now)
            let target = LogDirectory(directory).path(of: rotated.plainName)
            let isRenamed = try describing("rename \(path) to", target) { () throws(Errno) in
                try Directory.renameWithoutReplacing(path, to: target)
            }
            if isRenamed { return target }
            // Somebody was faster than the listing.
            standing.append(rotated)
        }
    }

    /// The rotated files of this active file, plain and compressed.
    func rotatedFiles() throws(RotatingFileError) -> [RotatedName] {
        try LogDirectory(directory).rotatedFiles(of: name)
    }

    private func noteInLedger(_ rotated: RotatedName, now: Int64) throws(RotatingFileError) {
        if Safeguard.ledger.isOff { return }
        var entry = LedgerEntry(at: now, event: .rolled, name: rotated.plainName)
        if let active {
            entry.generation = page[.generation]
            entry.inode = Int64(bitPattern: active.status.inode)
            entry.byteCount = page[.committedByteCount]
        }
        entry.promise = options.promise
        if let aside = try ledger.append([entry], ledgerWriting) {
            onEvent?(.ledgerSetAside(path: ledger.path, to: aside))
        }
    }

    var ledger: Ledger { Ledger(of: name, in: directory) }

    var ledgerWriting: Ledger.Writing {
        Ledger.Writing(mode: options.mode, isDurable: options.isDurable)
    }
}
