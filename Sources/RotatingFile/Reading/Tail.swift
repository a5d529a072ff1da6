// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// The whole lines at the end of an active file that others may be appending to.
///
/// It reads the bytes that the state page calls acknowledged and no others. It locks nothing, writes
/// nothing and never waits.
package struct Tail: ~Copyable {
    /// Where a reader stands: in which file, and how far.
    package struct Position: Equatable, Sendable {
        package var file: File
        package var byteCount: Int64

        package init(file: File, byteCount: Int64) {
            self.file = file
            self.byteCount = byteCount
        }
    }

    /// One of the files that have had the active file's name.
    ///
    /// An inode's number is given again once its file is gone, but not in the same generation.
    package struct File: Equatable, Sendable, LosslessStringConvertible {
        package var generation: Int64
        package var inode: UInt64

        package init(generation: Int64, inode: UInt64) {
            self.generation = generation
            self.inode = inode
        }

        package init?(_ description: String) {
            let parts = description.split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 2, let generation = Int64(parts[0]), let inode = UInt64(parts[1])
            else { return nil }
            self.init(generation: generation, inode: inode)
        }

        package var description: String { "\(generation)-\(inode)" }
    }

    /// The most that is read at once.
    package static let maximumByteCount: Int64 = 32 << 10

    /// Where the next read goes on.
    package let next: Position
    /// How many bytes of the file are acknowledged.
    package let committedByteCount: Int64
    /// Whether the file in which the reader stood has been rolled over.
    package let isOfNewFile: Bool
    /// How many bytes were passed over, because there were more than are read at once.
    package let skippedByteCount: Int64
    private let storage: [UInt8]
    private let lines: Range<Int>

    /// The lines, each with its line feed.
    package var text: ArraySlice<UInt8> { storage[lines] }

    /// Reads the lines that were appended behind `position`; without a position, the end of the file.
    ///
    /// Nil when there is no file, or none that its page vouches for: in the middle of a rollover,
    /// or where no writer has been since the machine started.
    package init?(
        of name: String, in directory: String, after position: Position? = nil
    ) throws(Errno) {
        let place = LogDirectory(directory)
        let pagePath = place.path(of: FileNames(of: name).statePage)
        guard let before = PageSnapshot(of: pagePath), before.isOfThisBoot else { return nil }
        let opened: Descriptor
        do {
            opened = try Descriptor.open(
                place.path(of: name), O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        } catch {
            if error == .noSuchFileOrDirectory { return nil }
            throw error
        }
        let status = try FileStatus(of: opened)
        guard status.isRegular, before.names(status), let page = PageSnapshot(of: pagePath),
            page.generation == before.generation, page.names(status)
        else { return nil }

        let file = File(generation: page.generation, inode: status.inode)
        let committed = min(page.committedByteCount, status.byteCount)
        let isOfNewFile = position.map { $0.file != file } ?? false
        let window = Window(position: position, file: file, committed: committed)
        storage = try window.read(opened)
        lines = window.wholeLines(in: storage)
        let isPassed = window.isPassedOver(lines)
        next = Position(file: file, byteCount: isPassed ? window.end : window.end(of: lines))
        skippedByteCount = window.skippedByteCount + (isPassed ? window.byteCount : 0)
        committedByteCount = committed
        self.isOfNewFile = isOfNewFile
    }
}

/// Which bytes of a file are read.
private struct Window {
    let start: Int64
    let end: Int64
    let skippedByteCount: Int64

    var byteCount: Int64 { end - start }

    init(position: Tail.Position?, file: Tail.File, committed: Int64) {
        let earliest = max(0, committed - Tail.maximumByteCount)
        end = committed
        guard let position else {
            start = earliest
            skippedByteCount = 0
            return
        }
        // A position behind the end is of a file that somebody has cut: begin again.
        let isThere = position.file == file && position.byteCount <= committed
        let wanted = isThere ? max(0, position.byteCount) : 0
        start = max(wanted, earliest)
        skippedByteCount = start - wanted
    }

    /// With the byte before the window, which tells whether a line begins in it.
    private var readStart: Int64 { max(0, start - 1) }

    func read(_ file: borrowing Descriptor) throws(Errno) -> [UInt8] {
        try withUnsafeTemporaryAllocation(
            byteCount: Int(end - readStart), alignment: 1
        ) { bytes throws(Errno) in
            try file.readAll(into: bytes, at: readStart)
            return Array(bytes)
        }
    }

    func wholeLines(in bytes: [UInt8]) -> Range<Int> {
        let feed = UInt8(ascii: "\n")
        let first = start == 0 ? 0 : (bytes.firstIndex(of: feed) ?? bytes.count - 1) + 1
        let last = bytes.lastIndex(of: feed) ?? -1
        return first..<max(first, last + 1)
    }

    /// Where in the file the lines end.
    func end(of lines: Range<Int>) -> Int64 { readStart + Int64(lines.upperBound) }

    /// A line that fills the window would never be whole.
    func isPassedOver(_ lines: Range<Int>) -> Bool {
        lines.isEmpty && byteCount == Tail.maximumByteCount
    }
}
