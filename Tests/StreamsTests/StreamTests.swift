// SPDX-License-Identifier: Apache-2.0

import Foundation
import RotatingFile
import Testing

@testable import Streams

@Suite struct StreamTests {
    @Test func `a commit says how much it appended`() throws {
        try withStream { stream, _ in
            stream.batch.append("one\n")
            stream.rejected.append("wrong\n")
            stream.isTouched = true
            #expect(commit(stream) == Stream.Commit(byteCount: 10, works: true))
            #expect(stream.outcome == .written && !stream.isTouched)
            #expect(stream.batch.isEmpty && stream.rejected.isEmpty)
        }
    }

    @Test func `a commit of nothing does not say that writing works`() throws {
        try withStream { stream, _ in
            #expect(commit(stream) == Stream.Commit(byteCount: 0, works: nil))
        }
    }

    @Test func `records are not written if those rejected with them cannot be`() throws {
        try withStream { stream, directory in
            try FileManager.default.createDirectory(
                atPath: directory + "/a.rejected.log", withIntermediateDirectories: false)
            stream.batch.append("one\n")
            stream.rejected.append("wrong\n")
            var errors: [RotatingFileError] = []
            #expect(commit(stream) { errors.append($0) } == .init(byteCount: 0, works: false))
            #expect(stream.outcome == .failed && errors.count == 1)
            #expect(try Data(contentsOf: URL(fileURLWithPath: directory + "/a.log")).isEmpty)
        }
    }

    @Test func `a stream that cannot be opened uses no place`() throws {
        var places = 0
        #expect(throws: RotatingFileError.self) {
            try Stream(
                name: "a", StreamPlan(),
                open: { file throws(RotatingFileError) in
                    throw .system(operation: "open", path: file.name, errno: .permissionDenied)
                },
                place: { _ in
                    places += 1
                    return 0
                })
        }
        #expect(places == 0)
    }

    private func commit(
        _ stream: Streams.Stream, onError: (RotatingFileError) -> Void = { _ in }
    ) -> Streams.Stream.Commit {
        stream.commit(now: 0, mayKeep: true, onError: onError)
    }

    private func withStream(_ body: (Streams.Stream, String) throws -> Void) throws {
        let directory = NSTemporaryDirectory() + "cordwood-" + UUID().uuidString
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let plan = try FilePlan(StreamPlan(), mode: 0o640)
        let stream = try Stream(
            name: "a", StreamPlan(),
            open: { file throws(RotatingFileError) in
                try RotatingFile(
                    path: "\(directory)/\(file.name)", schedule: plan.schedule,
                    options: plan.options, now: 0)
            }, place: { _ in 7 })
        #expect(stream.place == 7)
        try body(stream, directory)
    }
}
