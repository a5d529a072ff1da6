// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// The verification of one active file and its rotated files.
struct StreamVerification {
    let verification: Verification
    let base: String
    let meter: ProgressMeter
    let check: Verification.LineCheck?
    var report: Verification.Stream

    init(_ verification: Verification, base: String, _ meter: ProgressMeter) {
        self.verification = verification
        self.base = base
        self.meter = meter
        check = verification.lineCheck(base)
        report = Verification.Stream(name: base)
    }

    func path(_ name: String) -> String { verification.path(name) }

    /// Verifies the rotated files `names`, oldest first, except a file that was verified when it was
    /// still the active file.
    mutating func verify(_ names: [RotatedName], except active: FileIdentity?) {
        var last = ""
        for name in names where name.plainName != last {
            last = name.plainName
            verifySlot(name, except: active)
        }
    }

    /// Notes which of `temporaries` no sealer is writing.
    mutating func lookAtTemporaries(_ temporaries: [(name: String, source: RotatedName)]) {
        for (name, source) in temporaries where !isBeingSealed(source.plainName) {
            // Looked at after the lock: a sealer that has just ended has renamed it.
            guard let status = try? FileStatus(at: path(name)), status.isRegular else { continue }
            note(name, [.orphanedTemporary])
        }
    }

    /// Adds the findings of the file `name`, and counts it as damaged if it is.
    mutating func note(_ name: String, _ kinds: [Verification.Kind]) {
        report.findings += kinds.map { Verification.Finding(fileName: name, kind: $0) }
        if kinds.contains(where: \.isDamage) { report.tally.damagedFileCount += 1 }
    }

    /// Counts a file with `tally`, whose other findings are `kinds`.
    mutating func add(_ name: String, _ tally: LineTally, _ kinds: [Verification.Kind]) {
        report.tally.fileCount += 1
        report.tally.lineCount += tally.lineCount
        report.tally.byteCount += tally.byteCount
        report.tally.damagedLineCount += tally.withNUL.count + tally.invalid.count
        var all = kinds
        if tally.isTorn {
            report.tally.tornLineCount += 1
            all.append(.tornLine)
        }
        let (withNUL, invalid) = (tally.withNUL, tally.invalid)
        if withNUL.count > 0 {
            all.append(.linesWithNUL(count: withNUL.count, first: withNUL.first))
        }
        if invalid.count > 0 {
            all.append(.invalidLines(count: invalid.count, first: invalid.first))
        }
        note(name, all)
    }

    /// Opens a file that should be a regular one.
    ///
    /// Nil when there is none, or none that can be read, which is noted.
    mutating func open(_ name: String) -> OpenedFile? {
        do {
            let descriptor = try Descriptor.open(
                path(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
            let status = try FileStatus(of: descriptor)
            if status.isRegular { return OpenedFile(descriptor: descriptor, status: status) }
            add(name, LineTally(), [.notARegularFile])
        } catch {
            switch error {
            case .noSuchFileOrDirectory: break
            case .tooManySymbolicLinkLevels, .noSuchAddressOrDevice:
                add(name, LineTally(), [.notARegularFile])
            default: add(name, LineTally(), [.unreadable(error)])
            }
        }
        return nil
    }

    /// Verifies a rotated name, plain or compressed or both.
    ///
    /// The plain name is opened first: sealing makes the `.gz` before it removes the plain file, so
    /// one of the two is always found. Neither: retention has removed it meanwhile.
    private mutating func verifySlot(_ name: RotatedName, except active: FileIdentity?) {
        guard let plain = open(name.plainName) else {
            guard let compressed = open(name.compressedName) else { return }
            return verifyCompressed(name.compressedName, compressed)
        }
        if plain.status.identity == active { return }
        guard let compressed = open(name.compressedName) else {
            return verifyPlain(name.plainName, plain)
        }
        verifyBoth(name, plain, compressed)
    }

    private mutating func verifyBoth(
        _ name: RotatedName, _ plain: borrowing OpenedFile, _ compressed: borrowing OpenedFile
    ) {
        let isSame = try? GzipFile.isSame(
            compressed.descriptor, as: plain.descriptor, shouldStop: { false })
        _ = try? plain.descriptor.rewind()
        _ = try? compressed.descriptor.rewind()
        guard isSame == true else {
            verifyPlain(name.plainName, plain, [.differsFromCompressed])
            verifyCompressed(name.compressedName, compressed)
            return
        }
        report.tally.fileCount += 1
        meter.add(Int(compressed.status.byteCount))
        let isLeft = isAt(name.plainName, plain.status) && !isBeingSealed(name.plainName)
        verifyPlain(name.plainName, plain, isLeft ? [.copyOfCompressed] : [])
    }

    private mutating func verifyPlain(
        _ name: String, _ file: borrowing OpenedFile, _ kinds: [Verification.Kind] = []
    ) {
        var scanner = LineScanner(check: check)
        var kinds = kinds
        do {
            try scanner.read(file.descriptor, limit: .max, meter)
            if scanner.isInsideLine { scanner.noteTornLine() }
        } catch {
            kinds.append(.unreadable(error))
        }
        add(name, scanner.tally, kinds)
    }

    private mutating func verifyCompressed(_ name: String, _ file: borrowing OpenedFile) {
        var scanner = LineScanner(check: check)
        var kinds: [Verification.Kind] = []
        do {
            switch try scanner.readGzip(file.descriptor, meter) {
            case .whole: if scanner.isInsideLine { scanner.noteTornLine() }
            case .truncated: kinds.append(.truncatedGzip)
            case .damaged(let reason): kinds.append(.damagedGzip(reason: reason))
            }
        } catch {
            kinds.append(.unreadable(error))
        }
        add(name, scanner.tally, kinds)
    }

    private func isAt(_ name: String, _ status: FileStatus) -> Bool {
        (try? FileStatus(at: path(name)))?.isSameFile(as: status) ?? false
    }

    /// Whether a sealer holds the lock of the plain file `name`.
    private func isBeingSealed(_ name: String) -> Bool {
        let opened = try? Descriptor.open(path(name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        guard let opened else { return false }
        // A sealer that comes in this moment finds it busy and tries again.
        return (try? opened.tryLockShared()) == false
    }
}

/// An open regular file and its status when it was opened.
struct OpenedFile: ~Copyable {
    let descriptor: Descriptor
    let status: FileStatus
}
