// SPDX-License-Identifier: Apache-2.0

import Linux
import SystemPackage

/// What a process that looks at a directory once a second remembers of it, so that a pass costs what
/// has changed and not what there is.
///
/// A listing is used again as long as the directory's own times say that no name came or went. The
/// lengths and times of rotated files, and the times at which rollovers are due, are remembered to see
/// that nothing has to be done; before anything is removed or rolled over, its files are looked at.
/// Some changes leave the directory's times as they are: a file that is written to or given another
/// time by hand, a rollover that is due earlier. They are noticed when it is the turn of their active
/// file, as each pass looks again at `turnCount` active files.
package final class DirectoryMemory {
    /// How many active files are looked at again in each pass: all of a small directory.
    package static let turnCount = 64

    /// A listing, and what the directory was like just before it.
    private struct Listing {
        let contents: LogDirectory.Contents
        let status: FileStatus
        /// Whether the directory had last changed long enough before: a change in the same tick of
        /// the file system's clock would leave its time as it is.
        let isSettled: Bool
        /// A clock that only grows, in seconds.
        let readAt: Int64
    }

    private var listing: Listing?
    /// Whether the listing is of this pass.
    private var isListingOfPass = false
    /// All active files with a state page, in order.
    private var order: [String] = []
    private var nextInOrder = 0
    /// What the rotated files of an active file come to, where none of them waits to be compressed.
    private var sums: [String: Retention.Sum] = [:]
    /// When pages said that a rollover is due.
    private var rollovers: [String: Int64] = [:]
    private var passedAt: Int64 = .min

    /// File systems count times in ticks of up to two seconds.
    private static let tickSeconds: Int64 = 3
    /// A listing is not used for longer, whatever the directory's times say.
    private static let listingSeconds: Int64 = 60

    /// Nothing is known.
    package init() {}

    /// Begins a pass at `now`, in seconds since 1970: forgets the active files whose turn it is, and
    /// all when the clock was set back.
    package func beginPass(now: Int64) {
        if now < passedAt {
            listing = nil
            sums = [:]
            rollovers = [:]
        }
        passedAt = now
        isListingOfPass = false
        if nextInOrder >= order.count { nextInOrder = 0 }
        let turn = order[nextInOrder..<min(nextInOrder + Self.turnCount, order.count)]
        nextInOrder = turn.endIndex
        for base in turn {
            sums[base] = nil
            rollovers[base] = nil
        }
    }

    /// The names in `directory` as they were at some moment of this pass: enough for work that looks
    /// at each file anyway.
    func recentContents(
        of directory: LogDirectory
    ) throws(RotatingFileError) -> LogDirectory.Contents {
        if isListingOfPass, let listing { return listing.contents }
        return try contents(of: directory)
    }

    /// The names in `directory`, which is the same in all calls.
    func contents(of directory: LogDirectory) throws(RotatingFileError) -> LogDirectory.Contents {
        // Where it cannot be looked at, listing it says why.
        let status = (try? FileStatus(following: directory.path)) ?? nil
        if let listing, let status, listing.isSettled, listing.status.isUnchanged(in: status),
            Clock.monotonicSeconds() - listing.readAt < Self.listingSeconds
        {
            isListingOfPass = true
            return listing.contents
        }
        let settledBefore = Clock.epochSeconds() - Self.tickSeconds
        let readAt = Clock.monotonicSeconds()
        let contents = try directory.contents()
        remember(contents)
        isListingOfPass = true
        listing = status.map {
            Listing(
                contents: contents, status: $0, isSettled: $0.modified <= settledBefore,
                readAt: readAt)
        }
        return contents
    }

    /// Forgets what is known of active files whose names have changed.
    private func remember(_ contents: LogDirectory.Contents) {
        let known = listing?.contents
        sums = sums.filter { contents.rotated[$0.key] == known?.rotated[$0.key] }
        rollovers = rollovers.filter { contents.paged.contains($0.key) }
        if contents.paged != known?.paged { order = contents.paged.sorted() }
    }

    /// Notes what the rotated files of `base` come to, all of which have been looked at.
    func note(_ sum: Retention.Sum, of base: String) { sums[base] = sum }

    /// Whether nothing of `base` can have to go, by what is known of it.
    func isQuiet(_ base: String, _ retention: Retention, now: Int64) -> Bool {
        sums[base].map { !retention.isExceeded(by: $0, now: now) } ?? false
    }

    /// When the page of `base` says that a rollover is due; nil: there is no such page.
    ///
    /// A time that has come by `now` is read again, since a writer may have rolled over.
    func rolloverAt(of base: String, in directory: LogDirectory, now: Int64) -> Int64? {
        if let known = rollovers[base], known > now { return known }
        let read = StatePage.rolloverAt(in: directory.path(of: FileNames(of: base).statePage))
        rollovers[base] = read
        return read
    }
}

extension FileStatus {
    /// Whether it is the same file and has not changed since.
    fileprivate func isUnchanged(in later: FileStatus) -> Bool {
        isSameFile(as: later) && modified == later.modified
            && modifiedNanoseconds == later.modifiedNanoseconds && changed == later.changed
    }
}
