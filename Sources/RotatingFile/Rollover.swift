import Linux
import SystemPackage

/// The rollover: the active file gets its rotated name and a new one takes its place.
extension RotatingFile {
    /// Rolls over, under the page's lock, between two appends.
    ///
    /// A process that dies after any step leaves a state from which the next one goes on: see
    /// `followPath`. A rollover that fails costs no record: they go on into the old file.
    func rollOver(now: Int64) throws(RotatingFileError) {
        if page[.committedByteCount] == 0 {
            page[.rolloverAt] = schedule.rollover(after: now)
            return
        }
        do {
            let rotated = try giveRotatedName(now: now)
            onEvent?(.rolledOver(to: rotated))
        } catch {
            rolloverRetryAt = now + 1
            onEvent?(.rolloverFailed(error))
            return
        }
        active = nil
        try adopt(ActiveFile.creating(path, mode: options.mode), byteCount: 0, now: now)
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
