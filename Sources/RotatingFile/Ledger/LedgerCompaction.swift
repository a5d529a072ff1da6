// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// Writing a ledger again that has grown, under the state page's lock.
extension Ledger {
    private var temporaryPath: String {
        LogDirectory(directory).path(of: FileNames(of: base).newLedger)
    }

    /// Writes the ledger again without the lines of files that are gone, when it has grown.
    ///
    /// - Parameters:
    ///   - standing: the rotated files of a listing that was made under the page's lock.
    ///   - writing: how a new one is written.
    /// - Returns: false when it failed, which the next attempt would do too.
    func compactIfLarge(standing: [RotatedName], _ writing: Writing) -> Bool {
        guard let found = try? FileStatus(at: path), found.isRegular,
            found.byteCount > Self.byteLimit(standing: standing.count)
        else { return true }
        // It is as good as it was when this fails.
        do {
            try compact(standing: standing, found.mode, writing)
            return true
        } catch {
            discardTemporary()
            return false
        }
    }

    static let compactedByteCount: Int64 = 256 << 10

    /// How long a ledger of `count` standing files may be before it is written again: they need their
    /// lines, and only a ledger of twice that length is worth it.
    static func byteLimit(standing count: Int) -> Int64 {
        max(compactedByteCount, Int64(count) * roomyLineByteCount)
    }

    /// Whether there is a ledger longer than `byteCount`.
    func isLarger(than byteCount: Int64) -> Bool {
        ((try? FileStatus(at: path)) ?? nil).map { $0.byteCount > byteCount } ?? false
    }

    /// Twice the length of a line with a long name.
    private static let roomyLineByteCount: Int64 = 512

    private func compact(
        standing: [RotatedName], _ mode: mode_t, _ writing: Writing
    ) throws(RotatingFileError) {
        // Before the ledger is read, which takes long: where nothing can be created it is in vain.
        let file = try describing("write", temporaryPath) { () throws(Errno) in
            // An old one was left by a process that died, because we hold the page's lock.
            try Directory.unlink(temporaryPath)
            return try Descriptor.open(
                temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode: writing.mode)
        }
        // One listing can miss a file that is compressed meanwhile. The plain name goes last, so
        // the next listing has the other.
        let listed = try LogDirectory(directory).rotatedFiles(of: base)
        let compacted = CompactedLedger(
            try bytes(), of: base, standing: standing + listed)
        try describing("write", temporaryPath) { () throws(Errno) in
            try file.writeAll(compacted.bytes.span)
            try file.setMode(mode)
            // Without this a power cut could leave an empty file under the name.
            try file.synchronizeData()
            try Directory.rename(temporaryPath, to: path)
        }
    }

    private func discardTemporary() { _ = try? Directory.unlink(temporaryPath) }
}

/// The lines of a ledger that are still needed: of the files that stand, oldest first, and the last
/// promise.
///
/// They are read from the end on, since the last line of a name counts, and no further than to the
/// first that is needed: most lines of a ledger that has grown are of files that are gone.
struct CompactedLedger {
    /// The lines that are kept.
    private(set) var bytes: [UInt8] = []

    private let base: String
    /// The names whose lines are still looked for, and for which files: those of these names, and
    /// those that were renamed from them.
    private var wanted: [String: [RotatedName]] = [:]
    private var kept: [(start: Int, name: RotatedName, line: [UInt8])] = []
    private var promise: RetentionPromise?
    /// The last line that can be read.
    private var last: LedgerEntry?

    /// - Parameter standing: the files that stand, plain or compressed or both.
    init(_ ledger: [UInt8], of base: String, standing: [RotatedName]) {
        self.base = base
        for name in standing { wanted[name.plainName] = [name] }
        // A line without an end is being written, or its writer has died.
        var end = ledger.lastIndex(of: UInt8(ascii: "\n")) ?? 0
        while end > 0, !wanted.isEmpty || promise == nil {
            let feed = ledger[..<end].lastIndex(of: UInt8(ascii: "\n"))
            let start = feed.map { $0 + 1 } ?? 0
            read(ledger[start..<end], at: start)
            end = feed ?? 0
        }
        // Two are of one line where one was renamed because the other had its name.
        kept.sort { ($0.start, $0.name) < ($1.start, $1.name) }
        for line in kept { bytes += line.line }
        if let promise, let last {
            bytes +=
                LedgerEntry(
                    sequence: last.sequence, at: last.at, event: .keeps, promise: promise
                ).line
        }
    }

    private mutating func read(_ line: ArraySlice<UInt8>, at start: Int) {
        guard let entry = LedgerEntry(parsing: line) else { return }
        last = last ?? entry
        promise = promise ?? entry.promise
        guard let name = entry.name else { return }
        switch entry.event {
        case .rolled, .found:
            for file in wanted.removeValue(forKey: name) ?? [] {
                kept.append((start, file, Self.line(entry, line, of: file)))
            }
        case .renamed:
            guard let files = wanted.removeValue(forKey: name), let former = entry.formerName,
                ClosingOrder.isPlain(former, of: base)
            else { return }
            wanted[former, default: []] += files
        case .keeps, nil: break
        }
    }

    /// The line as it is, or with the name of the file that has its place by now.
    private static func line(
        _ entry: LedgerEntry, _ line: ArraySlice<UInt8>, of file: RotatedName
    ) -> [UInt8] {
        if entry.name == file.plainName { return line + [UInt8(ascii: "\n")] }
        var entry = entry
        entry.name = file.plainName
        return entry.line
    }
}
