// SPDX-License-Identifier: Apache-2.0

import Prefork

/// Which streams are counted by name: the first hundred that any process opened since the start.
///
/// All others are counted together.
///
/// The directory is in the cells that all processes share: the number of claimed places, then for
/// each place the length of its name, and the name. One process claims a place and writes the name
/// before its length; the place never changes again. Two processes that claim a place for the same
/// stream at the same moment do no harm, because a reader adds both. A process that dies in between
/// leaves a place without a length, in which no process counts.
package struct StreamDirectory {
    private let board: Scoreboard

    package init(_ board: Scoreboard) { self.board = board }

    /// How many streams have a place.
    package static let limit = 100
    /// The place of all others.
    package static let others = limit
    /// The name under which the others are counted; no stream's name begins with `_`.
    static let nameOfOthers = "_other"

    /// A name has at most 64 bytes, of which a word holds eight.
    private static let nameWordCount = 8
    private static let entryCellCount = 1 + nameWordCount
    static let cellCount = 1 + limit * entryCellCount

    /// The place in which the stream counts; it stays the same while the program runs.
    package func place(of name: [UInt8]) -> Int {
        guard isThere else { return Self.others }
        let words = Self.words(of: name)
        for place in 0..<claimedCount where self.words(at: place) == words { return place }
        guard words.count <= 1 + Self.nameWordCount, claimedCount < Self.limit else {
            return Self.others
        }
        let place = Int(board.claim(shared: 0))
        guard place < Self.limit else { return Self.others }
        let first = Self.firstCell(of: place)
        for offset in 1..<words.count { board[shared: first + offset] = words[offset] }
        board[shared: first] = words[0]
        return place
    }

    /// The places that have a name, by name.
    var placesByName: [String: [Int]] {
        guard isThere else { return [:] }
        var places: [String: [Int]] = [:]
        for place in 0..<claimedCount {
            guard let words = words(at: place) else { continue }
            places[Self.name(of: words), default: []].append(place)
        }
        return places
    }

    /// A board that shares no cells has no names.
    private var isThere: Bool { board.sharedCellCount >= Self.cellCount }

    private var claimedCount: Int { min(Self.limit, Int(board[shared: 0])) }

    private static func firstCell(of place: Int) -> Int { 1 + place * entryCellCount }

    /// The length of the name at `place` and its words; nil while there is none.
    private func words(at place: Int) -> [Int64]? {
        let first = Self.firstCell(of: place)
        let length = board[shared: first]
        guard length > 0 else { return nil }
        return [length] + (1...(Int(length) + 7) / 8).map { board[shared: first + $0] }
    }

    private static func words(of name: [UInt8]) -> [Int64] {
        var words = [Int64](repeating: 0, count: 1 + (name.count + 7) / 8)
        words[0] = Int64(name.count)
        for (index, byte) in name.enumerated() {
            words[1 + index / 8] |= Int64(bitPattern: UInt64(byte) << UInt64(index % 8 * 8))
        }
        return words
    }

    private static func name(of words: [Int64]) -> String {
        let bytes = (0..<Int(words[0])).map { index in
            UInt8(truncatingIfNeeded: words[1 + index / 8] >> (index % 8 * 8))
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
