// SPDX-License-Identifier: Apache-2.0

import Linux
import SystemPackage

/// Joining, and finishing the work that other processes left half done, under the page's lock.
extension RotatingFile {
    /// Takes part in the page that others find and opens its active file.
    ///
    /// The page is written when it is new, damaged, of another boot or of another schedule.
    func join(now: Int64) throws(RotatingFileError) {
        let isMoved = isJoined && !isAtPath
        let wasInUse = active != nil
        letGo()
        var damage = page.isNew ? nil : "its fixed part fits neither its checksum nor this version"
        if !page.isCurrent {
            damage = "somebody has cut, removed or replaced it"
            // Somebody removed or cut the page. Its lock is released first: if the page is put back
            // in this moment, or is the same file, we would wait for ourselves.
            page.unlock()
            page = try StatePage(for: name, in: directory, mode: options.mode)
            try holdAgain()
            if isMoved, !page.isValid {
                // File and page went together, which is one event. Where the new page is valid,
                // another process has reported it.
                onEvent?(.activeFileReplaced(path: path))
                damage = nil
            }
        }
        if !page.isValid {
            if let damage {
                say(damage)
            } else if wasInUse, !isMoved {
                say("somebody has written over it")
            }
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
            page.set(.rolloverAt, to: schedule.rollover(after: now))
        }
        try hold(file)
        active = file
        page[.device] = Int64(bitPattern: file.status.device)
        page[.inode] = Int64(bitPattern: file.status.inode)
        mark(file)
        beginGeneration(of: file, byteCount: byteCount)
    }

    /// Readers know a place by the generation and an offset: from here on it is another file.
    func beginGeneration(of file: ActiveFile, byteCount: Int64) {
        page.set(.committedByteCount, to: byteCount)
        page[.generation] &+= 1
        page.phase = .idle
        file.generation = page[.generation]
    }

    /// Goes from a file that somebody moved, removed or replaced to the file at the path.
    func leaveReplacedFile(now: Int64) throws(RotatingFileError) {
        if page.phase == .appending { try settleLength(now: now) }
        onEvent?(.activeFileReplaced(path: path))
        page.phase = .adopting
        try join(now: now)
    }

    /// Opens the file at the path, or a new one, and makes it the page's if it is not.
    private func followPath(now: Int64) throws(RotatingFileError) {
        guard let found = try ActiveFile.existing(path) else {
            // A process died in a rollover before the new file, or somebody moved the old one.
            return try adopt(ActiveFile.creating(path, mode: options.mode), now: now)
        }
        guard page.names(found.status), page.phase != .adopting else {
            return try adopt(found, now: now)
        }
        try hold(found)
        found.generation = page[.generation]
        active = found
    }

    func say(_ why: String) { onEvent?(.pageDamaged(path: page.path, why: why)) }

    private func cut(_ file: ActiveFile, to byteCount: Int64) throws(RotatingFileError) {
        try describing("truncate", path) { () throws(Errno) in
            try file.descriptor.truncate(to: byteCount)
        }
    }

    /// A page that says nothing yet: an existing file's interval starts when it was last written.
    private func begin(now: Int64) throws(RotatingFileError) {
        page.phase = .adopting
        // A random number, because no process that has used this page before may know it.
        page[.generation] = .random(in: 1...(.max / 2))
        var started = now
        if let found = try ActiveFile.existing(path), found.status.byteCount > 0 {
            started = min(now, found.status.modified)
        }
        page.set(.rolloverAt, to: schedule.rollover(after: started))
        if try isUsedUnderAnotherPage() {
            // Other processes append under a page that somebody removed. Two locks cannot guard
            // one file, so the file is left to them, and they see the new page within a second.
            try closeActiveFile(now: now)
        }
        page.seal(fingerprint: fingerprint)
    }

    /// Whether another process may have the file at the path open to append to it, by a page that
    /// is no longer there.
    ///
    /// A reader of the file may have locked it instead: then it is rolled over for nothing.
    private func isUsedUnderAnotherPage() throws(RotatingFileError) -> Bool {
        guard let found = try ActiveFile.existing(path) else { return false }
        // A process that uses this page appends under its lock.
        if try page.isSharedByOthers(found.status.inode) { return false }
        return try describing("lock", path) { () throws(Errno) in
            try !found.descriptor.tryLockExclusively()
        }
    }

    /// Whether another process has the file at the path open to append to it by this page.
    private func isUsedByOthers() throws(RotatingFileError) -> Bool {
        guard let found = try ActiveFile.existing(path) else { return false }
        return try page.isSharedByOthers(found.status.inode)
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

    /// Bytes in memory may never have reached the disk when the machine stopped: the tail behind
    /// the last whole line is cut.
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
