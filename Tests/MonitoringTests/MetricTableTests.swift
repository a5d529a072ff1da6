// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Monitoring

/// The table beside `docs/METRICS.md`.
@Suite struct MetricTableTests {
    private struct Row: Hashable, CustomStringConvertible {
        var name: String
        var kind: String
        var labels: [String]

        var description: String { "\(name) \(kind) \(labels)" }
    }

    @Test func `every metric has its row in the page, and every row its metric`() throws {
        let metrics = MetricTable.all.map {
            Row(name: "\($0.name)", kind: $0.kind.rawValue, labels: $0.labels.map { "\($0)" })
        }
        #expect(Set(metrics.map(\.name)).count == metrics.count, "two metrics have one name")
        let rows = try Self.documented()
        #expect(Set(metrics).subtracting(rows) == [], "docs/METRICS.md has no such row")
        #expect(Set(rows).subtracting(metrics) == [], "the table has no such metric")
    }

    @Test func `the help is a sentence, and a counter ends in _total`() {
        for metric in MetricTable.all {
            let help = "\(metric.help)"
            #expect(help.hasSuffix(".") && help.first?.isUppercase == true, "\(metric.name)")
            #expect(
                (metric.kind == .counter) == "\(metric.name)".hasSuffix("_total"), "\(metric.name)")
        }
    }

    private static func documented() throws -> [Row] {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/METRICS.md")
        return try String(contentsOf: page, encoding: .utf8).split(separator: "\n").compactMap {
            let cells = $0.split(separator: "|", omittingEmptySubsequences: false).map {
                $0.filter { $0 != "`" && $0 != " " }
            }
            guard cells.count == 7,
                cells[1].hasPrefix("cordwood_") || cells[1].hasPrefix("process_")
            else { return nil }
            return Row(
                name: cells[1], kind: cells[2],
                labels: cells[3].split(separator: ",").map(String.init))
        }
    }
}
