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

    /// Renames the active file to the next name of its interval, and returns it.
    ///
    /// The next one is behind the highest that stands, plain or compressed, and not the first that
    /// is free: retention frees the oldest, and a new file with an old name would go next.
    private func giveRotatedName(now: Int64) throws(RotatingFileError) -> String {
        let start = schedule.intervalStart(endingAt: page[.rolloverAt], now: now)
        var rotated = RotatedName(base: name, schedule: schedule, intervalStart: start)
        let names = try describing("list", directory) { () throws(Errno) in
            try Directory.names(in: directory)
        }
        let standing = names.compactMap { RotatedName(parsing: $0, base: name) }
            .filter { $0.suffix == rotated.suffix }
        rotated.collision = standing.map { $0.collision + 1 }.max() ?? 0
        while true {
            let target = directory + "/" + rotated.plainName
            let isRenamed = try describing("rename \(path) to", target) { () throws(Errno) in
                try Directory.renameWithoutReplacing(path, to: target)
            }
            if isRenamed { return target }
            rotated.collision += 1
        }
    }
}
