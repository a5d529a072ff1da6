// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// docs/METRICS.md beside what the service says: whoever adds a metric adds its line.
struct DocumentsItsMetricsTests {
    @Test
    func `every metric has its line, with its type and labels, and no other has one`() throws {
        let documented = try Self.documented()
        let names = documented.map(\.name)
        #expect(Set(names).count == names.count, "a metric has two lines")
        try RunningService.run { service in
            _ = try service.post(#"{"a":1}"#)
            let text = try service.get("/metrics").text
            let families = try Metrics(text).types
            let missing = Set(families.keys).subtracting(names).sorted()
            #expect(missing == [], "docs/METRICS.md has no line for these")
            for metric in documented {
                if families[metric.name] == nil, Self.conditional.contains(metric.name) { continue }
                #expect(families[metric.name] == metric.type, "\(metric.name) in docs/METRICS.md")
                let labels = Self.labels(of: metric.name, in: text)
                #expect(labels == Set(metric.labels), "\(metric.name) in docs/METRICS.md")
            }
        }
    }

    @Test
    func `every reason that a metric gives is explained`() throws {
        let page = try Repository.text(of: "docs/METRICS.md")
        try RunningService.run { service in
            let series = try service.metrics().samples.keys
            let reasons = series.compactMap { $0.firstMatch(of: /reason="([a-z_]+)"/)?.output.1 }
            #expect(reasons.count > 10)
            for reason in Set(reasons) {
                #expect(page.contains("`\(reason)`"), "docs/METRICS.md has no word on \(reason)")
            }
        }
    }

    @Test
    func `help is a sentence, and names end in their unit`() throws {
        try RunningService.run { service in
            let text = try service.get("/metrics").text
            for line in text.split(separator: "\n") where line.hasPrefix("# HELP ") {
                let words = line.dropFirst(7).split(separator: " ", maxSplits: 1)
                let help = words.last ?? ""
                #expect(help.hasSuffix(".") && help.first?.isUppercase == true, "\(line)")
                for unit in ["milliseconds", "microseconds", "nanoseconds", "kilobytes", "_ms"] {
                    #expect(!words[0].contains(unit), "\(words[0]) is not in a base unit")
                }
            }
        }
    }

    private struct Metric {
        let name: String
        let type: String
        let labels: [String]
    }

    private static func documented() throws -> [Metric] {
        try Repository.text(of: "docs/METRICS.md").split(separator: "\n").compactMap { line in
            guard ["| `cordwood_", "| `process_"].contains(where: { line.hasPrefix($0) }) else {
                return nil
            }
            let cells = line.split(separator: "|", omittingEmptySubsequences: false).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            guard cells.count == 7, !cells[4].isEmpty, !cells[5].isEmpty else {
                Issue.record("not five cells, all but the labels filled: \(line)")
                return nil
            }
            return Metric(
                name: cells[1].filter { $0 != "`" }, type: cells[2],
                labels: cells[3].matches(of: /`(\w+)`/).map { String($0.output.1) })
        }
    }

    private static func labels(of name: String, in text: String) -> Set<String> {
        var labels: Set<String> = []
        for line in text.split(separator: "\n") where line.hasPrefix("\(name){") {
            labels.formUnion(line.matches(of: /(\w+)="/).map { String($0.output.1) })
        }
        return labels
    }

    /// Metrics that a service has only in some circumstances.
    private static let conditional: Set<String> = [
        "cordwood_certificate_not_after_timestamp_seconds"
    ]
}
