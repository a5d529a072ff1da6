import Bytes
import Linux
import RotatingFile
import SystemPackage

/// How many streams there may be in the directory, for whoever makes one more.
///
/// Every stream has a state page, which nobody removes but an operator. The directory is listed only
/// where a stream is made: when as many have been made since the last time as are an eighth of the
/// room that there was, so rarely as long as there is much; and once a second where none may be
/// made any more. Workers that make streams at the same moment do not see each other's, so there
/// may be a few more than allowed.
final class StreamCensus {
    private let directory: String
    private let limit: Int
    /// How many may be made before the directory is listed again, all of them in the monotonic
    /// second `countedAt`.
    private var room = 0
    private var countedAt: Int64?
    private var isFull = false

    init(directory: String, limit: Int) {
        self.directory = directory
        self.limit = limit
    }

    /// Whether the stream `name` may be opened: it is there, or there is room for it.
    ///
    /// What cannot be looked at is opened, which says what is wrong with it.
    func admits(_ name: String, now: Int64) -> Bool {
        let file = name + FileNames.activeSuffix
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

    /// Of the room that there is only so much is used unseen: as many workers may do that.
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
