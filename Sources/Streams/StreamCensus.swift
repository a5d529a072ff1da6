// SPDX-License-Identifier: Apache-2.0

import Bytes
import Linux
import RotatingFile
import SystemPackage

/// Limits the number of streams in the directory.
///
/// Every stream has a state page, which only an operator removes. The directory is listed only when
/// a new stream is made: after as many new streams as are an eighth of the room that was left, which
/// is rarely as long as much is left, and once a second when the directory is full. Workers that
/// make streams at the same moment do not see each other's, so the directory may get a few more than
/// allowed.
package final class StreamCensus {
    private let directory: String
    private let limit: Int
    /// The number of streams that may be made before the directory is listed again, all of them in
    /// the monotonic second `countedAt`.
    private var room = 0
    private var countedAt: Int64?
    private var isFull = false

    package init(directory: String, limit: Int) {
        self.directory = directory
        self.limit = limit
    }

    /// Whether the stream may be opened: it exists, or there is room for it.
    ///
    /// A file whose status cannot be read counts as existing, because opening it then reports the
    /// error.
    package func admits(_ stream: String, now: Int64) -> Bool {
        let file = StreamFile(stream).name
        if isThere(FileNames(of: file).statePage) || isThere(file) { return true }
        if countedAt == now, isFull { return false }
        if countedAt != now || room == 0 { count(now: now) }
        if isFull { return false }
        room -= 1
        return true
    }

    private func count(now: Int64) {
        let room = limit - ((try? count()) ?? 0)
        countedAt = now
        isFull = room <= 0
        self.room = max(1, room / Self.share)
    }

    /// A worker uses one part in so many of the room before it looks again: as many workers may do
    /// so at the same time.
    private static let share = 8

    private func isThere(_ name: String) -> Bool {
        do { return try FileStatus(at: "\(directory)/\(name)") != nil } catch { return true }
    }

    private func count() throws(Errno) -> Int {
        try Directory.count(in: directory) { name in
            name[0] == UInt8(ascii: ".") && name.hasSuffix(".log.state")
                && !name.hasSuffix(".rejected.log.state")
        }
    }
}
