// SPDX-License-Identifier: Apache-2.0

import Linux
import SystemPackage

/// Bringing page and file into agreement after any death and with any contents of the page.
extension RotatingFile {
    /// Brings the file's length and the page's together, and the time of its rollover within reason.
    func settleLength(now: Int64) throws(RotatingFileError) {
        guard let active else { return }
        let found = try active.currentStatus(path)
        if found.linkCount == 0 {
            // Removed by hand: further records in it would be lost.
            onEvent?(.activeFileReplaced(path: path))
            page.phase = .adopting
            return try join(now: now)
        }
        settleRollover(found, now: now)
        if Safeguard.cutBack.isOff {
            page.set(.committedByteCount, to: found.byteCount)
        } else {
            try settle(active, found.byteCount)
        }
        page.phase = .idle
    }

    /// The file is cut back only to a length that the page vouches for, and only by bytes that the
    /// append it tells of can have left: no acknowledged record is lost because something has
    /// written over the page, or because the page is older than the file.
    private func settle(_ file: ActiveFile, _ byteCount: Int64) throws(RotatingFileError) {
        let committed = page[.committedByteCount]
        let isVouchedFor = page.vouches(for: .committedByteCount)
        if byteCount == committed {
            // A death between the two stores, or a page that an earlier version has written.
            if !isVouchedFor { page.set(.committedByteCount, to: committed) }
            // A process may have died just after it had cut the file.
            if page.phase == .appending { learnMark(of: file) }
            return
        }
        let planned = page.plannedByteCount(behind: committed) ?? .max
        guard isVouchedFor, page.phase == .appending, committed >= 0,
            byteCount > committed, byteCount <= planned, isOfPage(file)
        else { return try settleForeign(file, byteCount) }
        if byteCount == planned {
            // The append was whole. Its writer may have died, or may have acknowledged it before
            // somebody put an older page in this one's place.
            let ended = try file.terminateLastLine(path, of: byteCount)
            return page.set(.committedByteCount, to: ended)
        }
        try describing("truncate", path) { () throws(Errno) in
            try cutBack(file, to: committed)
        }
        onEvent?(.cutBack(path: path, byteCount: byteCount - committed))
        // Somebody who has cut the file meanwhile may have left a line without an end.
        let ended = try file.terminateLastLine(path, of: committed)
        if ended != committed { page.set(.committedByteCount, to: ended) }
    }

    /// A length that no append explains: all bytes stay, and the last line is ended.
    private func settleForeign(
        _ file: ActiveFile, _ byteCount: Int64
    ) throws(RotatingFileError) {
        let committed = page[.committedByteCount]
        learnMark(of: file)
        let isPossible = page.vouches(for: .committedByteCount) && committed >= 0
        if isPossible {
            onEvent?(.foreignChange(path: path, byteCount: byteCount - committed))
        } else {
            say("of \(byteCount) bytes in the file it called \(committed) acknowledged")
        }
        let isShorter = !isPossible || byteCount < committed
        if isShorter { page.phase = .adopting }
        let ended = try file.terminateLastLine(path, of: byteCount)
        if isShorter {
            beginGeneration(of: file, byteCount: ended)
        } else {
            page.set(.committedByteCount, to: ended)
        }
    }

    /// Computes the time of the next rollover from the file where the page's cannot be believed.
    private func settleRollover(_ found: FileStatus, now: Int64) {
        if page.vouches(for: .rolloverAt) { return }
        let rolloverAt = page[.rolloverAt]
        if isFromSchedule(rolloverAt, now: now) {
            // An earlier version has set it, which knows nothing of the field that vouches for it.
            return page.set(.rolloverAt, to: rolloverAt)
        }
        say("it called \(rolloverAt) the second of the next rollover")
        let started = found.byteCount == 0 ? now : min(now, found.modified)
        page.set(.rolloverAt, to: schedule.rollover(after: started))
    }

    /// Whether the schedule can have given this time by now.
    private func isFromSchedule(_ rolloverAt: Int64, now: Int64) -> Bool {
        guard 1...schedule.rollover(after: max(now, 1)) ~= rolloverAt else { return false }
        // A schedule that is not aligned can begin at any second.
        return !schedule.aligned || schedule.rollover(after: rolloverAt - 1) == rolloverAt
    }
}
