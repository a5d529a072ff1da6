// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The files in deploy/prometheus, by Prometheus' own tool.
@Suite(.enabled(if: Program.promtool != nil, "needs promtool"))
struct AlertsOperatorsTests {
    @Test
    func `promtool takes the configuration and the rules`() throws {
        try promtool(["check", "config", "prometheus.yml"])
        try promtool(["check", "rules", "rules.yml", "alerts.yml"])
    }

    @Test
    func `every case of the rules comes out as it should`() throws {
        let cases = try Repository.files(in: "deploy/prometheus/tests")
        #expect(cases.count > 3)
        try promtool(["test", "rules"] + cases.map { Repository.file($0).path })
    }

    /// Prometheus 3 leaves out of a range what is as old as it is long, Prometheus 2 does not: no
    /// case may depend on such a sample.
    @Test
    func `every case comes out with ranges that are open at their beginning`() throws {
        let place = FileManager.default.temporaryDirectory
            .appendingPathComponent("rules-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: Repository.file("deploy/prometheus"), to: place)
        defer { try? FileManager.default.removeItem(at: place) }
        let milliseconds = ["s": 1000, "m": 60_000, "h": 3_600_000]
        for name in ["rules.yml", "alerts.yml"] {
            let file = place.appendingPathComponent(name)
            let closed = try String(contentsOf: file, encoding: .utf8)
            let open = closed.replacing(/\[([0-9]+)([smh])\]/) { range in
                let length =
                    (Int(range.output.1) ?? 0) * (milliseconds[String(range.output.2)] ?? 0)
                return "[\(length - 1)ms]"
            }
            #expect(open.matches(of: /ms\]/).count == closed.matches(of: /[0-9][a-z]\]/).count)
            #expect(open != closed)
            try Data(open.utf8).write(to: file)
        }
        let cases = try Repository.files(in: "deploy/prometheus/tests").map { file in
            place.appendingPathComponent("tests/" + (file.split(separator: "/").last ?? "")).path
        }
        try promtool(["test", "rules"] + cases)
    }

    @Test
    func `every alert has a case in which it fires and one in which it does not`() throws {
        let cases = try Repository.files(in: "deploy/prometheus/tests")
            .map(Repository.text(of:)).joined().components(separatedBy: "- name: ")
        for alert in try Alert.all() {
            let own = cases.filter { $0.contains("alertname=\"\(alert.name)\",alertstate") }
            #expect(own.contains { !$0.contains("exp_samples: []") }, "\(alert.name) never fires")
            #expect(own.contains { $0.contains("exp_samples: []") }, "\(alert.name) always fires")
        }
    }

    @Test
    func `every alert gives the situation and the remedy, and links to its section`() throws {
        let page = try Repository.text(of: "docs/OPERATIONS.md")
        for alert in try Alert.all() {
            for line in ["severity: ", "summary: ", "description: "] {
                #expect(alert.text.contains(line), "\(alert.name) has no \(line)")
            }
            // As a heading's anchor is made: in small letters.
            let anchor = alert.name.lowercased()
            let link = """
                          runbook_url: >-
                            {{ or $externalLabels.cordwood_docs "docs" }}/OPERATIONS.md#\(anchor)\n
                """
            #expect(alert.text.contains(link), "\(alert.name) leads elsewhere")
            #expect(page.contains("\n### \(alert.name)\n"), "OPERATIONS.md lacks \(alert.name)")
        }
    }

    private func promtool(_ arguments: [String]) throws {
        let result = try ChildProcess(
            program: "/usr/bin/env",
            arguments: ["-C", Repository.file("deploy/prometheus").path, Program.promtool ?? ""]
                + arguments
        ).run()
        #expect(result.status == 0, "\(result.output)\(result.errors)")
    }
}

/// An alert as it stands in the file.
private struct Alert {
    let name: String
    let text: String

    static func all() throws -> [Alert] {
        let parts = try Repository.text(of: "deploy/prometheus/alerts.yml")
            .components(separatedBy: "- alert: ").dropFirst()
        return parts.map { Alert(name: String($0.prefix { !$0.isNewline }), text: $0) }
    }
}
