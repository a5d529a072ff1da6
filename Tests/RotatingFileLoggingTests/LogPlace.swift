// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import RotatingFile
import Synchronization
import Testing

@testable import RotatingFileLogging

/// A directory that is gone after the test, with a clock that only the test moves.
final class LogPlace: Sendable {
    /// Nanoseconds since 1970.
    final class TestClock: Sendable {
        let now: Atomic<Int64>

        init(_ seconds: Int64) { now = Atomic(seconds * 1_000_000_000) }

        func set(_ seconds: Int64) { now.store(seconds * 1_000_000_000, ordering: .relaxed) }
    }

    let directory: String
    /// 2026-11-23 10:00:00 UTC.
    let clock = TestClock(1_795_428_000)

    init() throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("cordwood-logging-\(UUID().uuidString)")
        directory = url.path
        try create()
    }

    deinit { try? remove() }

    var path: String { directory + "/app.log" }

    func create() throws {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: false)
    }

    func remove() throws { try FileManager.default.removeItem(atPath: directory) }

    /// A sink for `app.log`, rotated each minute by the test's clock.
    func sink(
        bufferByteCount: Int = 0, flushLevel: Logger.Level = .error,
        onError: RotatingFileSink.ErrorHandler? = nil,
        onEvent: RotatingFileSink.EventHandler? = nil
    ) throws -> RotatingFileSink {
        var options = RotatingFileSink.Options()
        options.bufferByteCount = bufferByteCount
        options.flushLevel = flushLevel
        return try RotatingFileSink(
            path: path, schedule: RotationSchedule(when: .minutes, zone: .utc), options: options,
            onError: onError, onEvent: onEvent,
            clock: { [clock] in clock.now.load(ordering: .relaxed) })
    }

    /// The names of the files, without that of the state page.
    var names: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: directory)
                .filter { !$0.hasPrefix(".") }.sorted()
        }
    }

    /// The lines of one file; what stands behind the last line feed is a failure.
    func lines(_ name: String = "app.log") throws -> [String] {
        let text = try String(contentsOfFile: directory + "/" + name, encoding: .utf8)
        #expect(text.isEmpty || text.hasSuffix("\n"))
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
            .map(String.init)
    }

    /// The lines of all files, each read as JSON.
    func records() throws -> [[String: Any]] {
        try names.flatMap { try lines($0) }.map { line in
            try #require(
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }
}

extension RotatingFileSink {
    func logger(_ label: String = "test") -> Logger {
        Logger(label: label) { RotatingFileLogHandler(label: $0, sink: self) }
    }
}
