// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// From `app.log.2026-11-23` to `app.log.2026-11-23.gz`, in steps that can be run again.
extension Sealer {
    /// Why a file was not sealed.
    private enum Obstacle: Error {
        /// A writer or another sealer has the plain file.
        case busy
        /// Another sealer has done it.
        case gone
        case stopped
        case failed(String, isOutOfSpace: Bool)
    }

    /// Seals the plain files among `names`, oldest first.
    func seal(_ names: [RotatedName], _ report: inout Report) {
        for name in names where !name.isCompressed {
            if shouldStop() { return }
            if pauses?.isPaused(path(name.plainName)) == true {
                report.pendingCount += 1
                continue
            }
            do {
                let byteCount = try seal(name)
                report.sealedByteCount += byteCount
                report.sealedCount += 1
                report.events.append(.sealed(name.plainName, byteCount: byteCount))
            } catch {
                if case .gone = error { continue }
                report.pendingCount += 1
                if case .busy = error { report.events.append(.busy(name.plainName)) }
                if case .failed(let sentence, let isOutOfSpace) = error {
                    complain(path(name.plainName), sentence, &report)
                    report.isOutOfSpace = report.isOutOfSpace || isOutOfSpace
                }
            }
        }
    }

    /// Seals one plain file and returns how many bytes it had.
    private func seal(_ name: RotatedName) throws(Obstacle) -> Int64 {
        let plainPath = path(name.plainName)
        if try status(at: plainPath) == nil { throw .gone }
        let plain = try step("open", plainPath) { () throws(Errno) in
            try Descriptor.open(plainPath, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        }
        let status = try step("inspect", plainPath) { () throws(Errno) in
            try FileStatus(of: plain)
        }
        let pagePath = statePagePath(of: name)
        guard
            let lock = try step(
                "lock", pagePath,
                { () throws(Errno) in
                    try PlainFileLock.take(of: plain, status, pagePath: pagePath, graceSeconds)
                })
        else { throw .busy }
        defer { lock.unlock() }
        ongoing.move(to: plainPath)
        defer { ongoing.move(to: nil) }
        // Between open and lock another sealer may have removed it, or a rollover taken it back.
        if try self.status(at: plainPath)?.isSameFile(as: status) != true { throw .gone }
        guard status.isRegular, status.linkCount == 1 else {
            throw .failed(
                "\(plainPath) is not sealed: it is no regular file with one name; "
                    + "move it away if it is not Cordwood's", isOutOfSpace: false)
        }
        if try settleExisting(name, plain) { return status.byteCount }
        try compress(name, plain, status)
        try step("remove", plainPath) { () throws(Errno) in try Directory.unlink(plainPath) }
        return status.byteCount
    }

    /// Both names stand: a sealer died before the last step, or they are of different contents.
    ///
    /// True when the plain file was a copy and is gone. Otherwise it gets the next free name, and is
    /// sealed under that in the next pass.
    private func settleExisting(
        _ name: RotatedName, _ plain: borrowing Descriptor
    ) throws(Obstacle) -> Bool {
        let (plainPath, compressedPath) = (path(name.plainName), path(name.compressedName))
        if try status(at: compressedPath) == nil { return false }
        let compressed = try step("open", compressedPath) { () throws(Errno) in
            try Descriptor.open(compressedPath, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        }
        if try isSame(compressed, plain, compressedPath) {
            try step("synchronize", directory.path) { () throws(Errno) in
                try Directory.synchronize(directory.path)
            }
            try step("remove", plainPath) { () throws(Errno) in try Directory.unlink(plainPath) }
            return true
        }
        let moved = try moveAside(name)
        throw .failed(
            "\(compressedPath) does not hold what \(plainPath) holds: both are kept, the latter "
                + "as \(moved); look at the former with `gzip -t`", isOutOfSpace: false)
    }

    /// Gives the plain file the next name that is free, in the place that it has among the others,
    /// and returns its path.
    private func moveAside(_ name: RotatedName) throws(Obstacle) -> String {
        let mode = try status(at: path(name.plainName))?.mode ?? 0o640
        do {
            return try Self.holdingPage(of: name.base, in: directory, mode: mode) {
                () throws(RotatingFileError) in
                try moveAsideUnderLock(name, mode)
            }
        } catch {
            throw .failed("\(error)", isOutOfSpace: error.isOutOfSpace)
        }
    }

    private func moveAsideUnderLock(
        _ name: RotatedName, _ mode: mode_t
    ) throws(RotatingFileError) -> String {
        let ledger = Ledger(of: name.base, in: directory.path)
        var standing = try rotatedFiles(of: name.base)
        while true {
            guard let free = name.numbered(behind: standing) else {
                throw .system(
                    operation: "find a free name for", path: path(name.plainName),
                    errno: .fileExists)
            }
            let entry = LedgerEntry(
                at: Clock.epochSeconds(), event: .renamed, name: free.plainName,
                formerName: name.plainName)
            try ledger.append([entry], Ledger.Writing(mode: mode & 0o666))
            let target = path(free.plainName)
            let isMoved = try describing("rename \(path(name.plainName)) to", target) {
                () throws(Errno) in
                try Directory.renameWithoutReplacing(path(name.plainName), to: target)
            }
            if isMoved { return target }
            standing.append(free)
        }
    }

    /// Runs `body` while nobody appends or rolls over.
    static func holdingPage<R>(
        of base: String, in directory: LogDirectory, mode: mode_t,
        _ body: () throws(RotatingFileError) -> R
    ) throws(RotatingFileError) -> R {
        let path = directory.path(of: FileNames(of: base).statePage)
        let found = try describing("inspect", path) { () throws(Errno) in
            try FileStatus(at: path)
        }
        // Opening it as a page would fill it up, even if it is another program's.
        if let found, 1..<Int64(StatePage.byteCount) ~= found.byteCount,
            StatePage.rolloverAt(in: path) == nil
        {
            throw .system(operation: "recognize", path: path, errno: .invalidArgument)
        }
        let page = try StatePage(for: base, in: directory.path, mode: mode & 0o666)
        defer { page.unlock() }
        return try body()
    }

    /// Makes the compressed file under a temporary name, proves it, and gives it its name.
    private func compress(
        _ name: RotatedName, _ plain: borrowing Descriptor, _ status: FileStatus
    ) throws(Obstacle) {
        let temporaryPath = path(name.temporaryName)
        let compressedPath = path(name.compressedName)
        var isKept = false
        defer { if !isKept { _ = try? Directory.unlink(temporaryPath) } }
        let temporary = try step("create", temporaryPath) { () throws(Errno) in
            // A temporary file that already exists was left by a sealer that died; nobody else can
            // be writing it, because we hold the plain file's lock. Only a sealer by a page that
            // was removed meanwhile can: it has the lock of the temporary file, which none but
            // its owner may open.
            guard try removeTemporary(temporaryPath) else { return Descriptor?.none }
            let made = try Descriptor.open(
                temporaryPath, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: 0o600)
            guard try made.tryLockExclusively(),
                try FileStatus(at: temporaryPath)?.isSameFile(as: FileStatus(of: made)) == true
            else { return Descriptor?.none }
            return made
        }
        guard let temporary else {
            isKept = true
            throw .busy
        }
        try gzip(temporaryPath) { () throws(GzipFile.Failure) in
            _ = try GzipFile.compress(
                plain, into: temporary, level: options.compressionLevel, shouldStop: shouldStop)
        }
        try rewind(temporary, temporaryPath)
        try rewind(plain, path(name.plainName))
        guard try isSame(temporary, plain, temporaryPath) else {
            throw .failed(
                "\(temporaryPath) cannot be read back as it was written: the plain file is kept; "
                    + "look at the disk's health", isOutOfSpace: false)
        }
        try step("synchronize", temporaryPath) { () throws(Errno) in
            try temporary.copyMetadata(from: status)
            try temporary.synchronize()
        }
        isKept = try step("rename \(temporaryPath) to", compressedPath) { () throws(Errno) in
            let mine = try FileStatus(of: temporary)
            guard try FileStatus(at: temporaryPath)?.isSameFile(as: mine) == true else {
                throw .noSuchFileOrDirectory
            }
            return try Directory.renameWithoutReplacing(temporaryPath, to: compressedPath)
        }
        guard isKept else {
            throw .failed("\(compressedPath) appeared while it was made", isOutOfSpace: false)
        }
        try step("synchronize", directory.path) { () throws(Errno) in
            try Directory.synchronize(directory.path)
        }
    }

    /// Removes the temporary file of a dead sealer; false when that sealer may live.
    private func removeTemporary(_ path: String) throws(Errno) -> Bool {
        if let left = try? Descriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK),
            try !left.tryLockExclusively()
        {
            // Nearly finished it has the modes of the plain file, and readers can lock it too.
            let status = try FileStatus(of: left)
            let isFinished =
                status.mode & 0o077 != 0
                && Clock.epochSeconds() - status.changed >= graceSeconds
            if !isFinished { return false }
        }
        try Directory.unlink(path)
        return true
    }

    private func isSame(
        _ compressed: borrowing Descriptor, _ plain: borrowing Descriptor, _ path: String
    ) throws(Obstacle) -> Bool {
        try gzip(path) { () throws(GzipFile.Failure) in
            try GzipFile.isSame(compressed, as: plain, shouldStop: shouldStop)
        }
    }

    private func status(at path: String) throws(Obstacle) -> FileStatus? {
        try step("inspect", path) { () throws(Errno) in try FileStatus(at: path) }
    }

    private func rewind(_ file: borrowing Descriptor, _ path: String) throws(Obstacle) {
        try step("rewind", path) { () throws(Errno) in try file.rewind() }
    }

    private func gzip<R>(
        _ path: String, _ body: () throws(GzipFile.Failure) -> R
    ) throws(Obstacle) -> R {
        do {
            return try body()
        } catch {
            switch error {
            case .stopped: throw .stopped
            case .unverified:
                throw .failed("\(path) could not be compressed: zlib failed", isOutOfSpace: false)
            case .system(let errno): throw failure("compress into", path, errno)
            }
        }
    }

    @discardableResult
    private func step<R: ~Copyable>(
        _ operation: String, _ path: String, _ body: () throws(Errno) -> R
    ) throws(Obstacle) -> R {
        do { return try body() } catch { throw failure(operation, path, error) }
    }

    private func failure(_ operation: String, _ path: String, _ error: Errno) -> Obstacle {
        .failed("cannot \(operation) \(path): \(error)", isOutOfSpace: error == .noSpace)
    }
}
