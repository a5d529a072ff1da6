import Linux
import SystemPackage

/// Joining, and finishing what others left half done. All of it under the page's lock.
extension RotatingFile {
    /// Takes part in the page, or writes it when it is new, damaged, of another boot or schedule.
    func join(now: Int64) throws(RotatingFileError) {
        if !page.isValid {
            try begin(now: now)
        } else if page[.fingerprint] != Int64(bitPattern: schedule.fingerprint) {
            try changeSchedule(now: now)
        } else if !page.isOfThisBoot {
            try recoverFromReboot(now: now)
        }
        try followPath(now: now)
        try prepare(now: now)
    }

    /// Makes `active` the page's file, its contents those that were acknowledged, its interval
    /// the present one.
    func prepare(now: Int64) throws(RotatingFileError) {
        if active == nil || active?.generation != page[.generation] || page.phase == .adopting {
            try followPath(now: now)
        }
        try settleLength(now: now)
        if now >= page[.rolloverAt], now >= rolloverRetryAt { try rollOver(now: now) }
    }

    /// Opens what stands at the path, or a new file, and makes it the page's if it is not.
    func followPath(now: Int64) throws(RotatingFileError) {
        active = nil
        guard let found = try ActiveFile.existing(path) else {
            // A rollover died before its new file, or somebody moved the old one away.
            try adopt(ActiveFile.creating(path, mode: options.mode), byteCount: 0, now: now)
            return
        }
        let isNamed =
            Int64(bitPattern: found.status.device) == page[.device]
            && Int64(bitPattern: found.status.inode) == page[.inode]
        if isNamed, page.phase != .adopting {
            active = found
            active?.generation = page[.generation]
        } else {
            let byteCount = found.status.byteCount
            try adopt(found, byteCount: byteCount, now: now)
        }
    }

    /// Makes `file` the page's active file.
    func adopt(
        _ file: ActiveFile, byteCount: Int64, now: Int64
    ) throws(RotatingFileError) {
        page.phase = .adopting
        if page[.rolloverAt] <= now, byteCount == 0 {
            page[.rolloverAt] = schedule.rollover(after: now)
        }
        page[.device] = Int64(bitPattern: file.status.device)
        page[.inode] = Int64(bitPattern: file.status.inode)
        page[.committedByteCount] = byteCount
        page[.generation] += 1
        page.phase = .idle
        file.generation = page[.generation]
        active = file
    }

    /// Brings the file's length and the page's together.
    private func settleLength(now: Int64) throws(RotatingFileError) {
        guard let found = try active?.currentStatus(path) else { return }
        if found.linkCount == 0 {
            // Removed by hand. What is written into it now would be gone.
            onEvent?(.activeFileReplaced(path: path))
            try followPath(now: now)
            return
        }
        let committed = page[.committedByteCount]
        if found.byteCount == committed {
            page.phase = .idle
        } else if page.phase == .appending, found.byteCount > committed {
            try cut(to: committed)
            onEvent?(.cutBack(path: path, byteCount: found.byteCount - committed))
            page.phase = .idle
        } else {
            page[.committedByteCount] = found.byteCount
            page.phase = .idle
            onEvent?(.foreignChange(path: path, byteCount: found.byteCount - committed))
        }
    }

    private func cut(to byteCount: Int64) throws(RotatingFileError) {
        try describing("truncate", path) { () throws(Errno) in
            try active?.descriptor.truncate(to: byteCount)
        }
    }

    /// A page that says nothing yet: an existing file's interval starts when it was last written.
    private func begin(now: Int64) throws(RotatingFileError) {
        page.phase = .adopting
        page[.generation] = max(page[.generation], 0) + 1
        active = nil
        var started = now
        if let found = try ActiveFile.existing(path) {
            if found.status.byteCount > 0 { started = min(now, found.status.modified) }
            try terminateLastLine(found)
        }
        page[.rolloverAt] = schedule.rollover(after: started)
        page.seal(fingerprint: schedule.fingerprint)
    }

    /// A file that others wrote may lack its last line feed; the first record must not join it.
    private func terminateLastLine(_ file: ActiveFile) throws(RotatingFileError) {
        let byteCount = file.status.byteCount
        try describing("read", path) { () throws(Errno) in
            if try ActiveFile.wholeLinesByteCount(path, of: byteCount) != byteCount {
                try file.descriptor.writeAll([UInt8(ascii: "\n")].span)
            }
        }
    }

    /// Another schedule may take the file over only when nobody uses it with the old one.
    private func changeSchedule(now: Int64) throws(RotatingFileError) {
        if let found = try ActiveFile.existing(path) {
            let isAlone = try describing("lock", path) { () throws(Errno) in
                try found.descriptor.tryLockExclusively()
            }
            guard isAlone else { throw .otherScheduleInUse(path: path) }
        }
        if !page.isOfThisBoot { try recoverFromReboot(now: now) }
        try followPath(now: now)
        try settleLength(now: now)
        try begin(now: now)
    }

    /// What memory held when the machine stopped may never have reached the disk: the tail
    /// behind the last whole line is cut.
    private func recoverFromReboot(now: Int64) throws(RotatingFileError) {
        active = nil
        if let found = try ActiveFile.existing(path) {
            let byteCount = found.status.byteCount
            try describing("truncate", path) { () throws(Errno) in
                let whole = try ActiveFile.wholeLinesByteCount(path, of: byteCount)
                guard whole < byteCount else { return }
                try found.descriptor.truncate(to: whole)
                onEvent?(.cutAfterReboot(path: path, byteCount: byteCount - whole))
            }
        }
        page.phase = .adopting
        page.seal(fingerprint: schedule.fingerprint)
    }
}
