// SPDX-License-Identifier: Apache-2.0

import Foundation
import Logging
import Testing

@testable import Diagnostics

/// docs/OPERATIONS.md beside the table of events: neither changes alone.
@Suite struct DiagnosticEventTests {
    @Test func `the page has a row for every event, with its level, and no other row`() throws {
        let rows = try Self.rows()
        let documented = Dictionary(grouping: rows, by: \.event)
        for event in DiagnosticEvent.allCases {
            let own = documented[event.rawValue] ?? []
            #expect(own.count == 1, "docs/OPERATIONS.md must have one row for \(event.rawValue)")
            #expect(own.first?.level == event.level.rawValue, "\(event.rawValue)")
        }
        let names = Set(DiagnosticEvent.allCases.map(\.rawValue))
        #expect(Set(documented.keys).subtracting(names) == [], "no line has these")
    }

    @Test(arguments: DiagnosticEvent.allCases)
    func `a name is of small letters and underscores`(event: DiagnosticEvent) {
        #expect(event.rawValue.wholeMatch(of: /[a-z]+(_[a-z]+)*/) != nil)
    }

    @Test func `a line has the event's level, its name as a field, and the other fields`() throws {
        let lines = Lines()
        let logger = Logger(label: "test") { _ in Recorder(lines: lines) }
        logger.report(.reloadFailed, "the reload has failed", metadata: ["worker": "3"])
        logger.report(.rolledOver, "rolled over", metadata: ["worker": "4"])
        #expect(
            lines.seen == ["error the reload has failed event=reload_failed worker=3"],
            "the level is info, so a line at debug is left out")
    }

    /// A line without an event would be one that nothing but its sentence tells apart.
    @Test func `the sources write every event, and no line without one`() throws {
        let sources = Self.root.appendingPathComponent("Sources")
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        var written: Set<String> = []
        for case let file as URL in try #require(files) where file.pathExtension == "swift" {
            // The probe is a program that logs by swift-log alone.
            guard !file.path.contains("RotatingFileLogProbe") else { continue }
            let text = try String(contentsOf: file, encoding: .utf8)
            let bare = text.matches(
                of: /\Wlog(ger)?\.(trace|debug|info|notice|warning|error|critical)\(/)
            #expect(bare.isEmpty, "\(file.lastPathComponent) logs without an event: use report")
            written.formUnion(text.matches(of: /\.report\(\s*\.(\w+)/).map { String($0.output.1) })
        }
        let events = Set(DiagnosticEvent.allCases.map { "\($0)" })
        #expect(events.subtracting(written) == [], "no line has these")
    }

    private struct Row {
        let event: String
        let level: String
    }

    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func rows() throws -> [Row] {
        let page = root.appendingPathComponent("docs/OPERATIONS.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        return text.split(separator: "\n").compactMap { line in
            guard let found = line.wholeMatch(of: /\| `(\w+)` \| (\w+) \| (.+) \| (.+) \|/) else {
                return nil
            }
            return Row(event: String(found.output.1), level: String(found.output.2))
        }
    }
}

/// The lines of a test; only its own thread writes them.
private final class Lines: @unchecked Sendable {
    var seen: [String] = []
}

private struct Recorder: LogHandler {
    let lines: Lines
    var logLevel = Logger.Level.info
    var metadata: Logger.Metadata = [:]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }
        lines.seen.append(
            "\(event.level) \(event.message)" + fields.map { " \($0.key)=\($0.value)" }.joined())
    }
}
