import Linux
import RotatingFile

/// The streams that this process has open, a bounded number of them.
struct StreamTable {
    private var streams: [Stream] = []
    private let limit: Int
    private let open: (String) throws(RotatingFileError) -> RotatingFile

    /// - Parameters:
    ///   - limit: how many stay open; the one that was used the longest ago makes room.
    ///   - open: opens the file of a stream's name.
    init(limit: Int, open: @escaping (String) throws(RotatingFileError) -> RotatingFile) {
        self.limit = limit
        self.open = open
    }

    subscript(index: Int) -> Stream { streams[index] }

    var count: Int { streams.count }

    /// The index of the stream with this name, opened if need be; it stays until `commit`.
    mutating func index(of name: Span<UInt8>, now: Int64) throws(RotatingFileError) -> Int {
        for index in 0..<streams.count where isName(name, of: streams[index]) {
            streams[index].usedAt = now
            return index
        }
        let text = String(decoding: (0..<name.count).map { name[$0] }, as: UTF8.self)
        let stream = try Stream(name: text, open: open)
        stream.usedAt = now
        if streams.count >= limit, let oldest = leastRecentlyUsed() {
            streams[oldest] = stream
            return oldest
        }
        // All are in use in this very turn: one more until its end.
        streams.append(stream)
        return streams.count - 1
    }

    /// At the end of a turn: lets go of those that were opened beyond the limit.
    mutating func shrink() {
        while streams.count > limit, let oldest = leastRecentlyUsed() { streams.remove(at: oldest) }
    }

    /// Lets go of all that no request of this turn uses.
    mutating func closeAll() { streams.removeAll { !$0.isTouched } }

    private func isName(_ name: Span<UInt8>, of stream: Stream) -> Bool {
        guard stream.nameBytes.count == name.count else { return false }
        for index in 0..<name.count where stream.nameBytes[index] != name[index] { return false }
        return true
    }

    private func leastRecentlyUsed() -> Int? {
        streams.indices.filter { !streams[$0].isTouched }
            .min { streams[$0].usedAt < streams[$1].usedAt }
    }
}
