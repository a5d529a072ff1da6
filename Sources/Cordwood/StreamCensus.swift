import Linux
import SystemPackage

/// How many streams there may be in the directory, for whoever makes one more.
///
/// Every stream has a state page, which nobody removes but an operator. The directory is listed only
/// where a stream is made, and once a second where none may be made any more. Workers that make
/// streams at the same moment do not see each other's, so there may be a few more than allowed.
final class StreamCensus {
    private let directory: String
    private let limit: Int
    /// The monotonic second in which it was found full.
    private var fullAt: Int64?

    init(directory: String, limit: Int) {
        self.directory = directory
        self.limit = limit
    }

    /// Whether the stream `name` may be opened: it is there, or there is room for it.
    ///
    /// What cannot be looked at is opened, which says what is wrong with it.
    func admits(_ name: String, now: Int64) -> Bool {
        if isThere(".\(name).log.state") || isThere("\(name).log") { return true }
        if fullAt == now { return false }
        let isFull = ((try? count()) ?? 0) >= limit
        fullAt = isFull ? now : nil
        return !isFull
    }

    private func isThere(_ name: String) -> Bool {
        do { return try FileStatus(at: "\(directory)/\(name)") != nil } catch { return true }
    }

    private func count() throws(Errno) -> Int {
        try Directory.count(in: directory) { name in
            name.first == UInt8(ascii: ".") && name.hasSuffix(".log.state")
                && !name.hasSuffix(".rejected.log.state")
        }
    }
}

extension Span<UInt8> {
    fileprivate var first: UInt8? { isEmpty ? nil : self[0] }
}
