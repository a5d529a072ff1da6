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

    private struct Row {
        let event: String
        let level: String
    }

    private static func rows() throws -> [Row] {
        let page = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("docs/OPERATIONS.md")
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
