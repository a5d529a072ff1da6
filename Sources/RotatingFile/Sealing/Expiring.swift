// SPDX-License-Identifier: Apache-2.0

import Linux
import SystemPackage

/// Removing the files that retention does not keep.
extension Sealer {
    /// Removes the expired rotated files of all active files, and compresses nothing.
    ///
    /// - Parameter now: seconds since 1970.
    package func removeExpired(now: Int64) throws(RotatingFileError) -> Report {
        var report = Report()
        for (base, names) in try rotatedFiles(&report) {
            // Files that wait to be compressed are about to have other lengths.
            if !hasToCompress(names), memory?.isQuiet(base, retention(base), now: now) == true {
                continue
            }
            removeExpired(of: base, names, now: now, &report)
        }
        return report
    }

    /// Compresses the files that wait, and then applies retention to their active files: for a pass
    /// that `removeExpired` began.
    ///
    /// It ends early when the file that it compresses has expired: `removeExpired`, called from
    /// `shouldStop`, could not remove a file that this pass has locked; call it again.
    ///
    /// - Parameter now: seconds since 1970.
    package func sealWaiting(now: Int64) throws(RotatingFileError) -> Report {
        var report = Report()
        ongoing.reset()
        for (base, names) in try rotatedFiles(&report) where hasToCompress(names) {
            if shouldStop() { break }
            seal(names.sorted(), &report)
            removeExpired(of: base, Self.names(afterSealing: names), now: now, &report)
        }
        return report
    }

    /// The events that `run` would report; nothing is done.
    ///
    /// Bytes that compressing would save are not known, so fewer files may go for
    /// `maximumTotalByteCount` than it says.
    package func preview(now: Int64) throws(RotatingFileError) -> Report {
        var report = Report()
        for (base, names) in try rotatedFiles(&report, isPreview: true) {
            guard let files = slotFiles(names, &report) else { continue }
            let expired = expiries(of: base, files, now: now, &report)
            let going = Set(expired.flatMap { $0.files.map(\.name.plainName) })
            let waiting = files.filter {
                options.isCompressing && !$0.name.isCompressed
                    && !going.contains($0.name.plainName)
            }
            report.events += waiting.map {
                .sealed($0.name.plainName, byteCount: $0.byteCount)
            }
            report.sealedCount += waiting.count
            report.sealedByteCount += waiting.reduce(0) { $0 + $1.byteCount }
            report.events += expired.flatMap(\.removals).map(SealerEvent.removed)
            report.removedCount += expired.count
        }
        return report
    }

    /// Removes the expired files among `names`, which are all rotated files of the active file
    /// `base`, oldest slot first.
    ///
    /// It ends at the first slot that cannot be removed: nothing goes while an older one stays.
    func removeExpired(
        of base: String, _ names: [RotatedName], now: Int64, _ report: inout Report
    ) {
        guard let files = slotFiles(names, &report) else { return }
        memory?.note(Retention.Sum(files), of: base)
        for slot in expiries(of: base, files, now: now, &report) {
            guard remove(slot, &report) else { return }
        }
    }

    /// Whether nothing of the slot is left.
    private func remove(_ slot: Retention.Expiry, _ report: inout Report) -> Bool {
        var isRemovedHere = false
        defer { if isRemovedHere { report.removedCount += 1 } }
        for removal in zip(slot.files, slot.removals) {
            let name = removal.0.name
            switch remove(name, &report) {
            case true?:
                isRemovedHere = true
                report.events.append(.removed(removal.1))
            case false? where !isThere(name): continue
            case false? where ongoing.stop(path(name.plainName)):
                // Compressing it ends now, and the next pass removes it.
                return false
            case false?:
                report.events.append(.busy(name.plainName))
                return false
            case nil: return false
            }
        }
        return true
    }

    /// The slots that go, in the order in which they were closed.
    ///
    /// The ledger is read only where a slot has to go, and after the listing that `files` come
    /// from. Where it cannot be read no slot goes, because the order is not known and removed files
    /// do not come back.
    private func expiries(
        of base: String, _ files: [Retention.File], now: Int64, _ report: inout Report
    ) -> [Retention.Expiry] {
        let retention = retention(base)
        guard retention.isExceeded(by: Retention.Sum(files), now: now) else { return [] }
        let ledger = Ledger(of: base, in: directory.path)
        let contents: LedgerContents
        do {
            contents = try ledger.contents()
        } catch {
            complain(ledger.path, "\(error); nothing of \(base) is removed meanwhile", &report)
            return []
        }
        let expired = retention.expiries(files, in: contents.order, now: now)
        guard isSparingPromises, let promise = contents.promise, promise.isOwn else {
            return expired
        }
        // Both go in the same order from the oldest on.
        let allowed = promise.retention.expiries(files, in: contents.order, now: now).count
        guard allowed < expired.count else { return expired }
        report.events.append(.spared(base, fileCount: expired.count - allowed))
        return Array(expired.prefix(allowed))
    }

    /// Nil when one of the files cannot be looked at: which of them is the oldest is not known
    /// then.
    private func slotFiles(
        _ names: [RotatedName], _ report: inout Report
    ) -> [Retention.File]? {
        var files: [Retention.File] = []
        for name in names {
            let target = path(name.fileName)
            let found = attempt("inspect", target, &report) { () throws(Errno) in
                try FileStatus(at: target)
            }
            guard let found else { return nil }
            guard let status = found, status.isRegular else { continue }
            var file = Retention.File(
                name: name, byteCount: status.byteCount, modified: status.modified)
            file.hasFinalByteCount = name.isCompressed || !isToCompress(name, status)
            files.append(file)
        }
        return files
    }

    /// Whether a plain file is about to be compressed: its length then is not known, and nothing is
    /// removed for bytes that do not last.
    ///
    /// A file with several names is never compressed, and a file that has failed for an hour may
    /// never be: their bytes count.
    private func isToCompress(_ name: RotatedName, _ status: FileStatus) -> Bool {
        guard options.isCompressing, status.linkCount == 1 else { return false }
        let isFailing = pauses?.isPaused(path(name.plainName)) == true
        return !isFailing || Clock.epochSeconds() - status.changed < 3600
    }

    /// A file that cannot be looked at counts as there.
    private func isThere(_ name: RotatedName) -> Bool {
        do { return try FileStatus(at: path(name.fileName)) != nil } catch { return true }
    }
}

extension Retention.Expiry {
    /// Each file, as it is reported.
    var removals: [SealerEvent.Removal] {
        files.map { file in
            SealerEvent.Removal(
                fileName: file.name.fileName, reason: reason, byteCount: file.byteCount,
                modified: file.modified)
        }
    }
}
