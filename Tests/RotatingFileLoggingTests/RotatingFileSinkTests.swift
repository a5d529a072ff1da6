// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import RotatingFile
import Synchronization
import Testing

@testable import RotatingFileLogging

@Suite struct RotatingFileSinkTests {
    let place: LogPlace

    init() throws { place = try LogPlace() }

    @Test(arguments: [0, 4096])
    func `lines of many threads are whole and none is missing, over rollovers`(buffer: Int) throws {
        let sink = try place.sink(bufferByteCount: buffer)
        let (threadCount, lineCount) = (8, 400)
        let clock = place.clock
        DispatchQueue.concurrentPerform(iterations: threadCount) { thread in
            let logger = sink.logger("\(thread)")
            for index in 0..<lineCount {
                // A minute in about a hundred lines of each.
                clock.now.add(80_000_000, ordering: .relaxed)
                logger.info("line", metadata: ["index": "\(index)"])
            }
        }
        try sink.flush()
        var indices: [String: [Int]] = [:]
        for record in try place.records() {
            let metadata = try #require(record["metadata"] as? [String: String])
            let label = try #require(record["logger"] as? String)
            indices[label, default: []].append(try #require(metadata["index"].flatMap { Int($0) }))
        }
        #expect(indices.count == threadCount)
        // Files are read in the order of their names, the active one first.
        #expect(indices.values.allSatisfy { $0.sorted() == Array(0..<lineCount) })
        #expect(try place.names.count >= 4)
        let statistics = sink.statistics
        #expect(statistics.appendedCount == threadCount * lineCount)
        #expect(statistics.lostCount == 0 && statistics.failureCount == 0)
    }

    @Test func `the file is rotated by time, with a log call or without`() throws {
        let events = Mutex<[RotatingFileEvent]>([])
        let sink = try place.sink(onEvent: { event in events.withLock { $0.append(event) } })
        sink.logger().info("a")
        place.clock.set(1_795_428_060)
        sink.tick()
        #expect(try place.names == ["app.log", "app.log.2026-11-23_10-00"])
        #expect(try place.lines().isEmpty)
        sink.logger().info("b")
        place.clock.set(1_795_428_120)
        sink.logger().info("c")
        #expect(
            try place.names == [
                "app.log", "app.log.2026-11-23_10-00", "app.log.2026-11-23_10-01",
            ])
        #expect(
            events.withLock { $0 } == [
                .rolledOver(to: place.path + ".2026-11-23_10-00"),
                .rolledOver(to: place.path + ".2026-11-23_10-01"),
            ])
    }

    @Test(arguments: [false, true])
    func `lines that wait go into the file of their interval`(isTicking: Bool) throws {
        let sink = try place.sink(bufferByteCount: 4096)
        sink.logger().info("early")
        place.clock.set(1_795_428_060)
        if isTicking { sink.tick() }
        sink.logger().error("late")
        #expect(try place.lines("app.log.2026-11-23_10-00").count == 1)
        #expect(try place.lines("app.log").count == 1)
    }

    @Test func `lines wait for a full buffer, a level, a flush or a tick`() throws {
        let sink = try place.sink(bufferByteCount: 200)
        let logger = sink.logger()
        var expected: [String] = []
        func expect(_ count: Int, waiting: Int) throws {
            #expect(try place.lines().count == count)
            #expect(sink.statistics.appendedCount == count)
            #expect(sink.statistics.waitingCount == waiting)
        }
        logger.info("1")
        logger.info("2")
        try expect(0, waiting: 2)
        logger.info("3")
        try expect(2, waiting: 1)
        logger.error("4")
        try expect(4, waiting: 0)
        logger.info("5")
        try sink.flush()
        try expect(5, waiting: 0)
        logger.info("6")
        sink.tick()
        try expect(6, waiting: 0)
        logger.info("7")
        logger.info("\(String(repeating: "8", count: 300))")
        try expect(8, waiting: 0)
        expected = try place.records().compactMap { $0["message"] as? String }
        #expect(expected.map { $0.prefix(1) } == ["1", "2", "3", "4", "5", "6", "7", "8"])
    }

    @Test func `the last reference to a sink appends waiting lines`() throws {
        try place.sink(bufferByteCount: 4096).logger().info("waits")
        #expect(try place.lines().count == 1)
    }

    @Test func `failures are counted and reported, and logging continues after them`() throws {
        let errors = Mutex<[RotatingFileError]>([])
        let sink = try place.sink(onError: { error in errors.withLock { $0.append(error) } })
        let logger = sink.logger()
        logger.info("before")
        try place.remove()
        logger.info("lost")
        logger.info("lost")
        let statistics = sink.statistics
        #expect(statistics.appendedCount == 1 && statistics.lostCount == 2)
        #expect(statistics.failureCount == 2)
        #expect(errors.withLock { $0.count } == 2)
        guard case .directoryMissing(let path) = statistics.lastError else {
            Issue.record("\(String(describing: statistics.lastError))")
            return
        }
        #expect(path.hasPrefix(place.directory))
        try place.create()
        sink.tick()
        logger.info("after")
        #expect(try place.records().map { $0["message"] as? String } == ["after"])
        #expect(sink.statistics.lostCount == 2)
    }

    @Test func `a full buffer keeps its lines through a failure and loses new ones`() throws {
        let sink = try place.sink(bufferByteCount: 200)
        let logger = sink.logger()
        try place.remove()
        for index in 1...4 { logger.info("\(index)") }
        #expect(throws: RotatingFileError.self) { try sink.flush() }
        #expect(sink.statistics.waitingCount == 2 && sink.statistics.lostCount == 2)
        try place.create()
        sink.tick()
        logger.info("5")
        try sink.synchronize()
        #expect(try place.records().map { $0["message"] as? String } == ["1", "2", "5"])
        #expect(sink.statistics.appendedCount == 3 && sink.statistics.waitingCount == 0)
    }

    @Test func `a callback may log into the sink that failed`() throws {
        let box = Mutex<Logger?>(nil)
        let calls = Atomic(0)
        let sink = try place.sink(onError: { error in
            calls.add(1, ordering: .relaxed)
            box.withLock { $0 }?.error("cannot log", error: error)
        })
        let logger = sink.logger()
        box.withLock { $0 = logger }
        try place.remove()
        logger.info("lost")
        #expect(calls.load(ordering: .relaxed) == 1)
        #expect(sink.statistics.lostCount == 2)
        // What the callback's own line met is told with the next.
        logger.info("lost")
        #expect(calls.load(ordering: .relaxed) == 3)
        box.withLock { $0 = nil }
    }

    @Test func `sealing compresses and removes this file's rotated files`() throws {
        let sink = try place.sink()
        let other = place.directory + "/other.log.2026-11-23_09-00"
        try "theirs\n".write(toFile: other, atomically: true, encoding: .utf8)
        for minute in 0..<4 {
            place.clock.set(1_795_428_000 + Int64(minute) * 60)
            sink.logger().info("line")
        }
        let report = try sink.seal(.init(backupCount: 2))
        #expect(report.sealedCount == 3 && report.removedCount == 1 && report.failures.isEmpty)
        #expect(
            try place.names == [
                "app.log", "app.log.2026-11-23_10-01.gz", "app.log.2026-11-23_10-02.gz",
                "other.log.2026-11-23_09-00",
            ])
    }
}
