import Linux
import SystemPackage

/// Joining, and finishing what others left half done. All of it under the page's lock.
extension RotatingFile {
    /// Takes part in the page that others find and opens its active file.
    ///
    /// The page is written when it is new, damaged, of another boot or of another schedule.
    func join(now: Int64) throws(RotatingFileError) {
        let isMoved = isJoined && !isAtPath
        letGo()
        if !page.isCurrent {
            // Somebody removed the page. Its lock goes first: if it is put back in this moment, we
            // would wait for ourselves.
            page.unlock()
            page = try StatePage(for: name, in: directory, mode: options.mode)
            // Both were moved away together. Where the new page says something already, another
            // process has found it out before.
            if isMoved, !page.isValid { onEvent?(.activeFileReplaced(path: path)) }
        }
        if !page.isValid {
            try begin(now: now)
        } else if page[.fingerprint] != Int64(bitPattern: fingerprint) {
            try changeSchedule(now: now)
        } else if !page.isOfThisBoot {
            try recoverFromReboot(now: now)
        }
        try followPath(now: now)
    }

    /// Makes `active` the page's file, its contents those that were acknowledged, its interval
    /// the present one.
    func prepare(now: Int64) throws(RotatingFileError) {
        if !isJoined { try join(now: now) }
        try settleLength(now: now)
        if now >= page[.rolloverAt], now >= rolloverRetryAt { try rollOver(now: now) }
    }

    /// Makes `file` the page's active file.
    func adopt(_ file: ActiveFile, now: Int64) throws(RotatingFileError) {
        page.phase = .adopting
        let byteCount = try file.terminateLastLine(path, of: file.status.byteCount)
        if page[.rolloverAt] <= now, byteCount == 0 {
            page[.rolloverAt] = schedule.rollover(after: now)
        }
        page[.device] = Int64(bitPattern: file.status.device)
        page[.inode] = Int64(bitPattern: file.status.inode)
        page[.committedByteCount] = byteCount
        page[.generation] &+= 1
        page.phase = .idle
        file.generation = page[.generation]
        active = file
    }

    /// Goes from a file that somebody moved away, removed or replaced to what stands at the path.
    func leaveReplacedFile(now: Int64) throws(RotatingFileError) {
        if page.phase == .appending { try settleLength(now: now) }
        onEvent?(.activeFileReplaced(path: path))
        page.phase = .adopting
        try join(now: now)
    }

    /// Opens what stands at the path, or a new file, and makes it the page's if it is not.
    private func followPath(now: Int64) throws(RotatingFileError) {
        guard let found = try ActiveFile.existing(path) else {
            // A rollover died before its new file, or somebody moved the old one away.
            return try adopt(ActiveFile.creating(path, mode: options.mode), now: now)
        }
        let isNamed =
            Int64(bitPattern: found.status.device) == page[.device]
            && Int64(bitPattern: found.status.inode) == page[.inode]
        guard isNamed, page.phase != .adopting else { return try adopt(found, now: now) }
        found.generation = page[.generation]
        active = found
    }

    /// Brings the file's length and the page's together.
    private func settleLength(now: Int64) throws(RotatingFileError) {
        guard let active else { return }
        let found = try active.currentStatus(path)
        if found.linkCount == 0 {
            // Removed by hand. What is written into it now would be gone.
            onEvent?(.activeFileReplaced(path: path))
            page.phase = .adopting
            return try join(now: now)
        }
        let foreignByteCount = found.byteCount - page[.committedByteCount]
        if Safeguard.cutBack.isOff {
            page[.committedByteCount] = found.byteCount
        } else if foreignByteCount > 0, page.phase == .appending {
            try cut(active, to: page[.committedByteCount])
            onEvent?(.cutBack(path: path, byteCount: foreignByteCount))
        } else if foreignByteCount != 0 {
            page[.committedByteCount] = try active.terminateLastLine(path, of: found.byteCount)
            onEvent?(.foreignChange(path: path, byteCount: foreignByteCount))
        }
        page.phase = .idle
    }

    private func cut(_ file: ActiveFile, to byteCount: Int64) throws(RotatingFileError) {
        try describing("truncate", path) { () throws(Errno) in
            try file.descriptor.truncate(to: byteCount)
        }
    }

    /// A page that says nothing yet: an existing file's interval starts when it was last written.
    private func begin(now: Int64) throws(RotatingFileError) {
        page.phase = .adopting
        // No process that has used this page before may take the number for one that it knows.
        page[.generation] = .random(in: 1...(.max / 2))
        var started = now
        if let found = try ActiveFile.existing(path), found.status.byteCount > 0 {
            started = min(now, found.status.modified)
        }
        page[.rolloverAt] = schedule.rollover(after: started)
        if try isUsedByOthers() {
            // They append under a page that somebody removed. Two locks cannot guard one file: it
            // is left to them as it is, and they will see the new page at their next tick.
            try closeActiveFile(now: now)
        }
        page.seal(fingerprint: fingerprint)
    }

    /// Whether another process has the file at the path open to append to it.
    private func isUsedByOthers() throws(RotatingFileError) -> Bool {
        guard let found = try ActiveFile.existing(path) else { return false }
        return try describing("lock", path) { () throws(Errno) in
            try !found.descriptor.tryLockExclusively()
        }
    }

    /// Another schedule may take the file over only when nobody uses it with the old one.
    private func changeSchedule(now: Int64) throws(RotatingFileError) {
        if try isUsedByOthers() { throw .otherScheduleInUse(path: path) }
        if !page.isOfThisBoot { try recoverFromReboot(now: now) }
        try followPath(now: now)
        try settleLength(now: now)
        letGo()
        try begin(now: now)
    }

    /// What memory held when the machine stopped may never have reached the disk: the tail
    /// behind the last whole line is cut.
    private func recoverFromReboot(now: Int64) throws(RotatingFileError) {
        if let found = try ActiveFile.existing(path) {
            let byteCount = found.status.byteCount
            let whole = try found.wholeLinesByteCount(path, of: byteCount)
            if whole < byteCount {
                try cut(found, to: whole)
                onEvent?(.cutAfterReboot(path: path, byteCount: byteCount - whole))
            }
        }
        ledger.noteUnknown(try rotatedFiles(), now: now, ledgerWriting)
        page.phase = .adopting
        page.seal(fingerprint: fingerprint)
    }
}
