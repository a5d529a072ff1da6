// SPDX-License-Identifier: Apache-2.0

import SystemPackage

extension Verification {
    /// The findings of a directory.
    public struct Report: Equatable, Sendable {
        /// In the order of their names.
        public var streams: [Stream] = []
        /// Names in the directory that rotating files do not give, and that were not looked at.
        public var foreignNames: [String] = []

        /// All streams together.
        public var total: Tally {
            streams.reduce(into: Tally()) { $0.add($1.tally) }
        }

        /// Whether anything is damaged.
        public var isDamaged: Bool { total.damagedFileCount > 0 }
    }

    /// The findings of an active file and its rotated files.
    public struct Stream: Equatable, Sendable {
        /// The name of the active file, `app.log`.
        public var name: String
        /// The counts of all its files.
        public var tally = Tally()
        /// The findings of the active file and then of the rotated files, oldest first.
        public var findings: [Finding] = []
    }

    /// Counts of a stream or of several.
    public struct Tally: Equatable, Sendable {
        /// Files looked at.
        public var fileCount = 0
        /// Lines with a line feed at their end, damaged ones too.
        public var lineCount = 0
        /// Bytes of the lines, uncompressed.
        public var byteCount: Int64 = 0
        /// Files whose last line has no line feed.
        public var tornLineCount = 0
        /// Lines that hold NUL bytes or that the check of lines rejected.
        public var damagedLineCount = 0
        /// Files with any damage.
        public var damagedFileCount = 0

        mutating func add(_ other: Tally) {
            fileCount += other.fileCount
            lineCount += other.lineCount
            byteCount += other.byteCount
            tornLineCount += other.tornLineCount
            damagedLineCount += other.damagedLineCount
            damagedFileCount += other.damagedFileCount
        }
    }

    /// A finding in a file.
    public struct Finding: Equatable, Sendable {
        /// The name of the file in the directory.
        public var fileName: String
        /// What was found.
        public var kind: Kind
    }

    /// The kinds of findings.
    public enum Kind: Equatable, Sendable {
        /// The last line has no line feed.
        case tornLine
        /// Lines with NUL bytes in them; the first is the `first`-th of the file.
        case linesWithNUL(count: Int, first: Int)
        /// Lines that the check rejected; the first is the `first`-th of the file.
        case invalidLines(count: Int, first: Int)
        /// Acknowledged bytes are missing at the end of the active file.
        case shortened(missingByteCount: Int64)
        /// The compressed file ends too early.
        case truncatedGzip
        /// The compressed file's contents do not fit its CRC, its length or the format.
        case damagedGzip(reason: String)
        /// The plain and the compressed file of this name hold different bytes.
        case differsFromCompressed
        /// It cannot be read.
        case unreadable(Errno)
        /// A directory, link, FIFO, … of a file's name.
        case notARegularFile
        /// Bytes behind the acknowledged ones: of an append that is going on, or that has died.
        case unfinishedAppend(byteCount: Int64)
        /// The compressed file of this name holds the same; the next sealer removes this one.
        case copyOfCompressed
        /// Half a compressed file, of a sealer that has died; the next one removes it.
        case orphanedTemporary
    }
}

extension Verification.Kind {
    /// Whether records may be lost or unreadable; the next process clears up everything else.
    public var isDamage: Bool {
        switch self {
        case .unfinishedAppend, .copyOfCompressed, .orphanedTemporary: false
        default: true
        }
    }

    /// A word for programs.
    public var code: String {
        switch self {
        case .tornLine: "torn_line"
        case .linesWithNUL: "lines_with_nul"
        case .invalidLines: "invalid_lines"
        case .shortened: "shortened"
        case .truncatedGzip: "truncated_gzip"
        case .damagedGzip: "damaged_gzip"
        case .differsFromCompressed: "differs_from_compressed"
        case .unreadable: "unreadable"
        case .notARegularFile: "not_a_regular_file"
        case .unfinishedAppend: "unfinished_append"
        case .copyOfCompressed: "copy_of_compressed"
        case .orphanedTemporary: "orphaned_temporary"
        }
    }
}

extension Verification.Kind: CustomStringConvertible {
    /// The text behind the file's name and a colon.
    public var description: String {
        switch self {
        case .tornLine: "the last line has no line feed"
        case .linesWithNUL(1, let first): "line \(first) holds NUL bytes"
        case .linesWithNUL(let count, let first):
            "\(count) lines hold NUL bytes, the first is line \(first)"
        case .invalidLines(1, let first): "line \(first) is not valid"
        case .invalidLines(let count, let first):
            "\(count) lines are not valid, the first is line \(first)"
        case .shortened(let missing):
            "\(missing) acknowledged bytes are missing at the end: somebody has cut the file"
        case .truncatedGzip: "the compressed file ends too early"
        case .damagedGzip(let reason): "the compressed file is damaged: \(reason)"
        case .differsFromCompressed:
            "it and the .gz of this name hold different bytes; the next sealer keeps both"
        case .unreadable(let errno): "it cannot be read: \(errno)"
        case .notARegularFile: "it is not a regular file"
        case .unfinishedAppend(let byteCount):
            "\(byteCount) bytes at the end are of an append that is going on or has died; "
                + "the next one cuts them off"
        case .copyOfCompressed: "the .gz of this name holds the same; the next sealer removes it"
        case .orphanedTemporary: "left by a sealer that died; the next one removes it"
        }
    }
}
