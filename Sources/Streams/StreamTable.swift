// SPDX-License-Identifier: Apache-2.0

import Bytes
import RotatingFile

/// The streams that this process has open; their number is limited.
///
/// Finding one costs the same whether three are open or thousands.
package final class StreamTable {
    private var streams: [Stream] = []
    /// The index of the stream whose name has this hash: a hint, because two names may share a hash.
    private var places: [UInt64: Int] = [:]
    private var lastPlace = 0
    private var useCount: Int64 = 0
    private let limit: Int
    private let open: (String) throws(StreamError) -> Stream

    /// - Parameters:
    ///   - limit: the number of streams that stay open; the least recently used one makes room.
    ///   - open: opens the stream of this name.
    package init(limit: Int, open: @escaping (String) throws(StreamError) -> Stream) {
        self.limit = limit
        self.open = open
    }

    package subscript(index: Int) -> Stream { streams[index] }

    package var count: Int { streams.count }

    /// Whether more streams are open than may stay open.
    package var isCrowded: Bool { streams.count > limit }

    /// The index of the stream with this name, opened if need be; it stays until `commit`.
    package func index(of name: Span<UInt8>) throws(StreamError) -> Int {
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

    /// At the end of a turn: closes the streams that were opened beyond the limit.
    package func shrink() {
        guard isCrowded else { return }
        while isCrowded, let oldest = leastRecentlyUsed() { streams.remove(at: oldest) }
        updatePlaces()
    }

    /// Closes all streams that no request of this turn uses.
    package func closeAll() {
        streams.removeAll { !$0.isTouched }
        updatePlaces()
    }

    /// Closes the streams whose files were removed, except the one of this name.
    ///
    /// Only a request opens them again.
    ///
    /// - Returns: their names.
    package func forgetRemoved(butNot name: [UInt8]) -> [String] {
        let removed = streams.filter { !$0.isTouched && $0.nameBytes != name && $0.isRemoved }
        if removed.isEmpty { return [] }
        streams.removeAll { stream in removed.contains { $0 === stream } }
        updatePlaces()
        return removed.map(\.name)
    }

    /// Closes the files of the least recently used stream that no request of this turn uses; returns
    /// false if there is none.
    ///
    /// The stream keeps its index, and the next request for it opens the files again.
    package func releaseLeastRecentlyUsed() -> Bool {
        guard let oldest = leastRecentlyUsed(where: \.isOpen) else { return false }
        streams[oldest].release()
        return true
    }

    private func reopen(_ stream: Stream) throws(StreamError) {
        try makingRoom { () throws(StreamError) in
            do throws(RotatingFileError) { try stream.reopen() } catch { throw .file(error) }
        }
    }

    /// Runs `body`, and again as long as it fails because descriptors are missing and another
    /// stream can release some.
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

    private func openNew(_ name: Span<UInt8>) throws(StreamError) -> Int {
        let text = String(decoding: (0..<name.count).map { name[$0] }, as: UTF8.self)
        let stream = try makingRoom { () throws(StreamError) in try open(text) }
        let place: Int
        if streams.count >= limit, let oldest = leastRecentlyUsed() {
            places[streams[oldest].nameHash] = nil
            streams[oldest] = stream
            place = oldest
        } else {
            // This turn uses all of them: one more stays open until its end.
            streams.append(stream)
            place = streams.count - 1
        }
        places[name.fnv1a] = place
        return place
    }

    private func updatePlaces() {
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

/// The reason why a stream is not open.
package enum StreamError: Error, Equatable {
    case file(RotatingFileError)
    /// The directory has as many streams as it may have.
    case tooMany
}
