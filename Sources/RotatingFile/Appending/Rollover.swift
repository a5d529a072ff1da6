// SPDX-License-Identifier: Apache-2.0

import Linux
import SystemPackage

/// The rollover: the active file gets its rotated name, and a new file takes its place.
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
            // Somebody moved or replaced it: another file must not be renamed unseen.
            try leaveReplacedFile(now: now)
        }
    }

    /// Gives the active file its rotated name and puts a new one in its place.
    ///
    /// The phase is set first: after a death between any two steps the next process follows the
    /// path again. The old file stays open, and so locked against sealing, until the new one is
    /// there, because without a new file it gets its name back.
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
    private func giveRotatedName(now: Int64) throws(RotatingFileError) -> String {
        let interval = RotatedName(
            base: name, schedule: schedule,
            intervalStart: schedule.intervalStart(endingAt: page[.rolloverAt], now: now))
        compactLedger(now: now)
        if let next = nextNameByLedger(interval), let path = try take(next, now: now) {
            return path
        }
        var standing = try rotatedFiles()
        while true {
            guard let next = interval.numbered(behind: standing) else {
                throw .system(operation: "find a free name for", path: path, errno: .fileExists)
            }
            if let path = try take(next, now: now) { return path }
            // Somebody has made a file of that name since the listing.
            standing.append(next)
        }
    }

    /// Renames the active file to `rotated` and returns its path; nil if that name is taken.
    ///
    /// The ledger gets its line first: a file that stands under a rotated name has a place in it.
    private func take(_ rotated: RotatedName, now: Int64) throws(RotatingFileError) -> String? {
        try noteInLedger(rotated, now: now)
        let target = LogDirectory(directory).path(of: rotated.plainName)
        let isRenamed = try describing("rename \(path) to", target) { () throws(Errno) in
            try Directory.renameWithoutReplacing(path, to: target)
        }
        return isRenamed ? target : nil
    }

    /// The next name of `interval` as far as the ledger tells it, which names the files that were
    /// closed last; nil where the directory has to be listed.
    ///
    /// Listing takes as long as there are files of all streams, and every writer of this one waits
    /// meanwhile. The ledger tells the name where its last lines are of earlier intervals or of
    /// this one, and the file of the last line stands; a clock that was set back, a ledger that
    /// somebody removed and files that somebody put there or took away need the listing.
    private func nextNameByLedger(_ interval: RotatedName) -> RotatedName? {
        guard let noted = try? ledger.lastNames(), let latest = noted.map(\.suffix).max(),
            latest <= interval.suffix
        else { return nil }
        var next = interval
        if latest == interval.suffix {
            guard let last = noted.filter({ $0.suffix == latest }).max(), isStanding(last),
                last.collision < RotatedName.maximumCollision
            else { return nil }
            next.collision = last.collision + 1
        }
        return isStanding(next) ? nil : next
    }

    /// Whether there is a file of this name, plain or compressed; true where that cannot be known.
    private func isStanding(_ name: RotatedName) -> Bool {
        let place = LogDirectory(directory)
        do {
            return try FileStatus(at: place.path(of: name.plainName)) != nil
                || FileStatus(at: place.path(of: name.compressedName)) != nil
        } catch {
            return true
        }
    }

    /// Writes the ledger again where it has grown, which needs a listing, and so is rare.
    private func compactLedger(now: Int64) {
        guard now >= compactionRetryAt, ledger.isLarger(than: ledgerByteLimit) else { return }
        guard let standing = try? rotatedFiles(),
            ledger.compactIfLarge(standing: standing, ledgerWriting)
        else {
            compactionRetryAt = now + 60
            return
        }
        // As many files need as many lines: it is looked at again when it has grown further.
        ledgerByteLimit = Ledger.byteLimit(standing: standing.count)
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
