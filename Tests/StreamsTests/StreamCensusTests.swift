// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Streams

struct StreamCensusTests {
    /// A directory that is gone after the test.
    private final class Place {
        let path: String

        init() throws {
            path = NSTemporaryDirectory() + "cordwood-census." + UUID().uuidString
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func add(_ name: String) {
            _ = FileManager.default.createFile(atPath: "\(path)/.\(name).log.state", contents: nil)
        }
    }

    /// Makes what is admitted.
    private func make(_ name: String, _ census: StreamCensus, in place: Place) -> Bool {
        guard census.admits(name, now: 7) else { return false }
        place.add(name)
        return true
    }

    @Test(arguments: [0, 1, 7, 100], [1, 2, 8])
    func `several workers together make as many streams as allowed`(
        limit: Int, workerCount: Int
    ) throws {
        let place = try Place()
        let workers = (0..<workerCount).map { _ in
            StreamCensus(directory: place.path, limit: limit)
        }
        var made = 0
        for number in 0..<(2 * limit + 16) {
            made += make("s\(number)", workers[number % workerCount], in: place) ? 1 : 0
        }
        #expect(made == limit)
    }

    @Test
    func `streams that others have made meanwhile are counted before the room is used up`() throws {
        let place = try Place()
        let census = StreamCensus(directory: place.path, limit: 80)
        #expect(make("first", census, in: place))
        for number in 0..<70 { place.add("other\(number)") }
        var made = 1
        for number in 0..<80 { made += make("s\(number)", census, in: place) ? 1 : 0 }
        // An eighth of the room that there was is used unseen.
        #expect(made <= 10)
    }

    @Test
    func `an existing stream is admitted without room, and a new one when there is room again`()
        throws
    {
        let place = try Place()
        let census = StreamCensus(directory: place.path, limit: 2)
        #expect(make("a", census, in: place))
        #expect(make("b", census, in: place))
        #expect(!census.admits("c", now: 7))
        #expect(census.admits("a", now: 7))
        try FileManager.default.removeItem(atPath: place.path + "/.b.log.state")
        #expect(!census.admits("c", now: 7))
        #expect(census.admits("c", now: 8))
    }
}
