// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// The file that others may be appending to while it is read.
extension StreamVerification {
    /// Verifies the active file as far as it is acknowledged, and says which file it was.
    mutating func verifyActive() -> FileIdentity? {
        guard let found = openActive() else { return nil }
        let identity = found.file.status.identity
        var scanner = LineScanner(check: check)
        var kinds: [Verification.Kind] = []
        do {
            try scanner.read(found.file.descriptor, limit: found.limit, meter)
            kinds = try judgeEnd(of: found, &scanner)
        } catch {
            kinds.append(.unreadable(error))
        }
        add(base, scanner.tally, kinds)
        return identity
    }

    /// The file at the path with the page that names it.
    ///
    /// In the middle of a rollover the two disagree for an instant. If they go on disagreeing a
    /// rollover has died or the file was put there by hand, and the page says nothing about it.
    private mutating func openActive() -> ActiveSnapshot? {
        let pagePath = path(FileNames(of: base).statePage)
        var attempt = 0
        while true {
            let before = PageSnapshot(of: pagePath)
            guard let file = open(base) else { return nil }
            let after = PageSnapshot(of: pagePath)
            if let before, let after, after.isOfThisBoot, before.generation == after.generation,
                before.names(file.status), after.names(file.status)
            {
                return ActiveSnapshot(file: file, pages: (before, after))
            }
            attempt += 1
            let isSettled = before == after && after?.isOfThisBoot != true
            if isSettled || attempt == Self.attempts {
                let isOfOtherBoot = after.map { !$0.isOfThisBoot } ?? false
                return ActiveSnapshot(file: file, isOfOtherBoot: isOfOtherBoot)
            }
            usleep(Self.pauseMicroseconds)
        }
    }

    private static let attempts = 20
    private static let pauseMicroseconds: useconds_t = 1000

    /// The findings at the end of the active file, once it has been read.
    private func judgeEnd(
        of found: borrowing ActiveSnapshot, _ scanner: inout LineScanner
    ) throws(Errno) -> [Verification.Kind] {
        // The page is read before the length: at no time is less in the file than acknowledged.
        let page = PageSnapshot(of: path(FileNames(of: base).statePage))
        let length = try FileStatus(of: found.file.descriptor).byteCount
        var kinds: [Verification.Kind] = []
        guard let before = found.page else {
            if found.isOfOtherBoot, scanner.isInsideLine {
                kinds.append(.unfinishedAppend(byteCount: Int64(scanner.pendingByteCount)))
            } else if scanner.isInsideLine, length == found.file.status.byteCount {
                scanner.noteTornLine()
            }
            return kinds
        }
        let isUnchanged = page == before
        if let page, page.names(found.file.status), page.committedByteCount > length {
            kinds.append(.shortened(missingByteCount: page.committedByteCount - length))
        }
        if scanner.isInsideLine, isUnchanged || found.limit == before.committedByteCount {
            scanner.noteTornLine()
        }
        if isUnchanged, !before.isIdle, length > before.committedByteCount {
            kinds.append(.unfinishedAppend(byteCount: length - before.committedByteCount))
        }
        return kinds
    }
}

/// An active file as it was found, with its page.
private struct ActiveSnapshot: ~Copyable {
    let file: OpenedFile
    /// Nil when no page says anything about the file.
    let page: PageSnapshot?
    let isOfOtherBoot: Bool
    /// How many bytes are to be verified.
    let limit: Int64

    init(file: consuming OpenedFile, pages: (before: PageSnapshot, after: PageSnapshot)) {
        let committed = pages.after.committedByteCount
        // Nobody appends through the page, and yet there is more: somebody else has written it.
        let isForeign = pages.before == pages.after && pages.after.isIdle
        limit = isForeign ? max(committed, file.status.byteCount) : committed
        page = pages.after
        isOfOtherBoot = false
        self.file = file
    }

    init(file: consuming OpenedFile, isOfOtherBoot: Bool) {
        limit = file.status.byteCount
        page = nil
        self.isOfOtherBoot = isOfOtherBoot
        self.file = file
    }
}
