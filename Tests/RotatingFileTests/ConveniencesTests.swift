// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import RotatingFile

/// What programs other than Cordwood's service find in the library.
@Suite final class ConveniencesTests {
    private let directory: String
    private var path: String { directory + "/app.log" }
    /// 2026-11-23 10:00:00 UTC.
    private let start: Int64 = 1_795_428_000

    init() throws {
        directory =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("cordwood-library-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    private func open(_ name: String = "app.log") throws -> RotatingFile {
        try RotatingFile(path: directory + "/" + name, when: .minutes, utc: true, now: start)
    }

    private func text(_ name: String = "app.log") throws -> String {
        try String(contentsOfFile: directory + "/" + name, encoding: .utf8)
    }

    private var names: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: directory)
                .filter { !$0.hasPrefix(".") }.sorted()
        }
    }

    @Test func `a line gets its line feed and is otherwise left alone`() throws {
        let file = try open()
        try file.append(line: "naïve \"🪵\" \\n\t\r", now: start)
        try file.append(line: "", now: start)
        try file.append(line: ([0, 0xFF] as [UInt8]).span, now: start)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(Array(bytes) == Array("naïve \"🪵\" \\n\t\r\n\n".utf8) + [0, 0xFF, 0x0A])
    }

    @Test(arguments: ["\n", "a\n", "\na", "a\nb", "\r\n"])
    func `a line with a line feed in it is rejected`(line: String) throws {
        let file = try open()
        #expect(throws: RotatingFileError.innerLineFeed) { try file.append(line: line) }
        #expect(throws: RotatingFileError.innerLineFeed) {
            try file.append(line: Array(line.utf8).span)
        }
        #expect(try text().isEmpty)
    }

    @Test(
        arguments: [
            (.seconds, 0, nil, .intervalOutOfRange(0)),
            (.weekday(7), 1, nil, .weekdayOutOfRange(7)),
            (.hours, 1, TimeOfDay(hour: 3, minute: 0), .timeOfDayNotUsed(.hours)),
        ] as [(RotationSchedule.When, Int, TimeOfDay?, RotationScheduleError)])
    func `settings that make no schedule are rejected`(
        when: RotationSchedule.When, interval: Int, atTime: TimeOfDay?,
        expected: RotationScheduleError
    ) throws {
        #expect(throws: RotatingFileError.schedule(expected)) {
            _ = try RotatingFile(
                path: directory + "/other.log", when: when, interval: interval, atTime: atTime)
        }
        #expect(try names.isEmpty)
    }

    @Test func `Python's parameters are those of the schedule`() throws {
        let file = try open()
        #expect(try file.schedule == RotationSchedule(when: .minutes, zone: .utc))
        let atTime = TimeOfDay(hour: 4, minute: 30)
        let weekly = try RotatingFile(
            path: directory + "/weekly.log", when: .weekday(2), interval: 3, atTime: atTime,
            aligned: false)
        #expect(
            try weekly.schedule
                == RotationSchedule(
                    when: .weekday(2), interval: 3, atTime: atTime, zone: .local,
                    aligned: false))
    }

    @Test func `sealing one file leaves the others of its directory alone`() throws {
        let file = try open()
        let other = try open("other.log")
        for minute in 0..<4 {
            try file.append(line: "\(minute)", now: start + Int64(minute) * 60)
            try other.append(line: "\(minute)", now: start + Int64(minute) * 60)
        }
        try "foreign".write(
            toFile: path + ".2026-11-23_10-00.bak", atomically: true, encoding: .utf8)
        let report = try file.seal(.init(backupCount: 2))
        #expect(report.sealedCount == 3 && report.removedCount == 1)
        #expect(report.pendingCount == 0 && report.failures.isEmpty)
        #expect(
            try names == [
                "app.log", "app.log.2026-11-23_10-00.bak", "app.log.2026-11-23_10-01.gz",
                "app.log.2026-11-23_10-02.gz", "other.log", "other.log.2026-11-23_10-00",
                "other.log.2026-11-23_10-01", "other.log.2026-11-23_10-02",
            ])
    }

    @Test func `a rotated file that a writer still has is neither compressed nor removed`() throws {
        let file = try open()
        let idle = try open()
        try idle.append(line: "a", now: start)
        try file.tick(now: start + 60)
        var options = Sealer.Options(backupCount: 1)
        options.retention.maximumTotalByteCount = 0
        #expect(try file.seal(options).pendingCount == 1)
        options.isCompressing = false
        #expect(try file.seal(options).removedCount == 0)
        #expect(try text("app.log.2026-11-23_10-00") == "a\n")
        try idle.tick(now: start + 60)
        #expect(try RotatingFile.seal(path, options: options).removedCount == 1)
        #expect(try names == ["app.log"])
    }
}
