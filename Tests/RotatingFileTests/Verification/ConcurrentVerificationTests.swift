// SPDX-License-Identifier: Apache-2.0

import Foundation
import Synchronization
import Testing

@testable import RotatingFile

/// A directory in which others append, rotate, seal and remove while it is read.
@Suite struct ConcurrentVerificationTests {
    @Test func `work of other processes in progress is not damage`() throws {
        let place = try MadeDirectory()
        let writer = Writer(into: place.path)
        // A thread of its own: those of the tests may all be taken.
        writer.start()
        defer { writer.stop() }
        var (runCount, lineCount) = (0, 0)
        while !writer.hasEnded, runCount < 50 || writer.rolloverCount < 50 {
            lineCount += try Self.verify(place)
            runCount += 1
        }
        #expect(!writer.hasEnded && lineCount > 0)
    }

    private static func verify(_ place: MadeDirectory) throws -> Int {
        let report = try Verification(directory: place.path).run()
        #expect(report.streams.flatMap(\.findings).filter(\.kind.isDamage) == [])
        return report.total.lineCount
    }
}

/// Appends ten times before each rollover, and seals all but what is newest.
private final class Writer: Sendable {
    private let path: String
    private let isStopping = Atomic(false)
    private let rollovers = Atomic(0)
    private let isEnded = Atomic(false)
    private let end = DispatchSemaphore(value: 0)

    init(into path: String) { self.path = path }

    var rolloverCount: Int { rollovers.load(ordering: .relaxed) }

    var hasEnded: Bool { isEnded.load(ordering: .relaxed) }

    func start() {
        Thread.detachNewThread { [self] in
            do { try write() } catch { Issue.record(error) }
            isEnded.store(true, ordering: .relaxed)
            end.signal()
        }
    }

    func stop() {
        isStopping.store(true, ordering: .relaxed)
        end.wait()
    }

    private func write() throws {
        let file = try RotatingFile(
            path: path + "/app.log", schedule: try RotationSchedule(when: .seconds, zone: .utc),
            now: 0)
        let line = [UInt8](repeating: UInt8(ascii: "1"), count: 5000) + [UInt8(ascii: "\n")]
        var options = Sealer.Options()
        options.retention.backupCount = 5
        var now: Int64 = 1
        while !isStopping.load(ordering: .relaxed) {
            for _ in 0..<10 { try file.append(line.span, now: now) }
            if now % 4 == 0 {
                _ = try Sealer(directory: path, options: options).run(now: now)
            }
            now += 1
            rollovers.add(1, ordering: .relaxed)
        }
    }
}
