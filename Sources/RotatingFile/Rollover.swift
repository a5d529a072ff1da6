import Linux
import SystemPackage

/// The rollover: the active file gets its rotated name and a new one takes its place.
extension RotatingFile {
    /// Rolls over, under the page's lock, between two appends.
    ///
    /// A rollover that fails costs no record: they go on into the old file.
    func rollOver(now: Int64) throws(RotatingFileError) {
        if page[.committedByteCount] == 0 {
            if now >= page[.rolloverAt] { page[.rolloverAt] = schedule.rollover(after: now) }
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

    /// Renames the active file to the first name of its interval that is free, neither plain nor
    /// compressed, and returns it.
    ///
    /// The plain name is looked at first: sealing makes the `.gz` before it removes the plain
    /// file, so one of the two is always seen.
    private func giveRotatedName(now: Int64) throws(RotatingFileError) -> String {
        let start = schedule.intervalStart(endingAt: page[.rolloverAt], now: now)
        let first = path + "." + schedule.suffix(forIntervalStartingAt: start)
        var collision = 0
        while true {
            let name = collision == 0 ? first : first + ".\(collision)"
            let isFree = try describing("inspect", name) { () throws(Errno) in
                guard try FileStatus(at: name) == nil else { return false }
                return try FileStatus(at: name + ".gz") == nil
            }
            if isFree {
                let isRenamed = try describing("rename \(path) to", name) { () throws(Errno) in
                    try Directory.renameWithoutReplacing(path, to: name)
                }
                if isRenamed { return name }
            }
            collision += 1
        }
    }
}
