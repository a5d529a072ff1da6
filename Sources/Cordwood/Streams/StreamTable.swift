import Bytes
import RotatingFile

/// The streams that this process has open, a bounded number of them.
///
/// Finding one costs the same whether three are open or thousands.
struct StreamTable {
    private var streams: [Stream] = []
    /// Where the stream stands whose name has this hash: a hint, since two names may have the same.
    private var places: [UInt64: Int] = [:]
    private var lastPlace = 0
    private var useCount: Int64 = 0
    private let limit: Int
    private let open: (String) throws(StreamError) -> Stream

    /// - Parameters:
    ///   - limit: how many stay open; the one that was used the longest ago makes room.
    ///   - open: opens the stream of this name.
    init(limit: Int, open: @escaping (String) throws(StreamError) -> Stream) {
        self.limit = limit
        self.open = open
    }

    subscript(index: Int) -> Stream { streams[index] }

    var count: Int { streams.count }

    /// Whether more are open than may stay so.
    var isCrowded: Bool { streams.count > limit }

    /// The index of the stream with this name, opened if need be; it stays until `commit`.
    mutating func index(of name: Span<UInt8>) throws(StreamError) -> Int {
        let index: Int
        if let found = find(name) {
            index = found
            if !streams[index].isOpen { try reopen(streams[index]) }
        } else {
            index = try openNew(name)
        }
        useCount += 1
        streams[index].lastUse = useCount
        lastPlace = index
        return index
    }

    /// At the end of a turn: lets go of those that were opened beyond the limit.
    mutating func shrink() {
        guard isCrowded else { return }
        while isCrowded, let oldest = leastRecentlyUsed() { streams.remove(at: oldest) }
        placeAnew()
    }

    /// Lets go of all that no request of this turn uses.
    mutating func closeAll() {
        streams.removeAll { !$0.isTouched }
        placeAnew()
    }

    /// Lets go of those whose files were removed, but for the one of this name: a request opens them
    /// again, and nothing else.
    ///
    /// - Returns: their names.
    mutating func forgetRemoved(butNot name: [UInt8]) -> [String] {
        let removed = streams.filter { !$0.isTouched && $0.nameBytes != name && $0.isRemoved }
        if removed.isEmpty { return [] }
        streams.removeAll { stream in removed.contains { $0 === stream } }
        placeAnew()
        return removed.map(\.name)
    }

    /// Closes the files of the stream that was used the longest ago and that no request of this turn
    /// uses; false: there is none.
    ///
    /// It keeps its place, and is opened again when it is needed.
    func releaseLeastRecentlyUsed() -> Bool {
        guard let oldest = leastRecentlyUsed(where: \.isOpen) else { return false }
        streams[oldest].release()
        return true
    }

    private func reopen(_ stream: Stream) throws(StreamError) {
        try makingRoom { () throws(StreamError) in
            do throws(RotatingFileError) { try stream.reopen() } catch { throw .file(error) }
        }
    }

    /// Runs `body` again as long as it wants for descriptors that others can spare.
    private func makingRoom<R>(_ body: () throws(StreamError) -> R) throws(StreamError) -> R {
        while true {
            do throws(StreamError) {
                return try body()
            } catch {
                guard case .file(let failure) = error, failure.isShortageOfDescriptors,
                    releaseLeastRecentlyUsed()
                else { throw error }
            }
        }
    }

    private func find(_ name: Span<UInt8>) -> Int? {
        if lastPlace < streams.count, streams[lastPlace].isNamed(name) { return lastPlace }
        if let place = places[name.fnv1a], streams[place].isNamed(name) { return place }
        return streams.firstIndex { $0.isNamed(name) }
    }

    private mutating func openNew(_ name: Span<UInt8>) throws(StreamError) -> Int {
        let text = String(decoding: (0..<name.count).map { name[$0] }, as: UTF8.self)
        let stream = try makingRoom { () throws(StreamError) in try open(text) }
        let place: Int
        if streams.count >= limit, let oldest = leastRecentlyUsed() {
            places[streams[oldest].nameHash] = nil
            streams[oldest] = stream
            place = oldest
        } else {
            // All are in use in this very turn: one more until its end.
            streams.append(stream)
            place = streams.count - 1
        }
        places[name.fnv1a] = place
        return place
    }

    private mutating func placeAnew() {
        places.removeAll(keepingCapacity: true)
        for (place, stream) in streams.enumerated() { places[stream.nameHash] = place }
    }

    private func leastRecentlyUsed(where isWanted: (Stream) -> Bool = { _ in true }) -> Int? {
        var oldest: Int?
        for index in streams.indices where !streams[index].isTouched && isWanted(streams[index]) {
            if let found = oldest, streams[found].lastUse <= streams[index].lastUse { continue }
            oldest = index
        }
        return oldest
    }
}

/// Why a stream is not open.
enum StreamError: Error, Equatable {
    case file(RotatingFileError)
    /// There are as many streams in the directory as there may be.
    case tooMany
}
