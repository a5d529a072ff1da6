// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The dashboard in deploy/grafana, and the rules that it draws.
struct DrawsItsDashboardTests {
    @Test
    func `panels have a number and a place of their own, and a known source`() throws {
        let dashboard = try Dashboard()
        #expect(dashboard.root["schemaVersion"]?.value ?? 0 >= 36)
        #expect(dashboard.root["uid"] == "cordwood")
        let numbers = dashboard.panels.map(\.number)
        #expect(Set(numbers).count == numbers.count)
        for (index, panel) in dashboard.panels.enumerated() {
            #expect(!panel.title.isEmpty)
            #expect(panel.place.x + panel.place.width <= 24, "\(panel.title) is too wide")
            for other in dashboard.panels[..<index] {
                #expect(!panel.overlaps(other), "\(panel.title) lies on \(other.title)")
            }
            if panel.kind == "row" { continue }
            #expect(panel.source == "${datasource}", "\(panel.title)")
            #expect(!panel.queries.isEmpty, "\(panel.title) has no query")
            let references = panel.queries.map(\.reference)
            #expect(Set(references).count == references.count, "\(panel.title)")
            #expect(panel.queries.allSatisfy { $0.source == "${datasource}" }, "\(panel.title)")
        }
    }

    @Test
    func `the provisioned source and directory are those that are mounted and asked for`() throws {
        let path = "deploy/grafana/provisioning/"
        let source = try Repository.text(of: path + "datasources/prometheus.yml")
        #expect(source.contains("\n    type: prometheus\n"))
        #expect(source.contains("\n    url: http://prometheus:9090\n"))
        let provider = try Repository.text(of: path + "dashboards/cordwood.yml")
        #expect(provider.contains("\n    type: file\n"))
    }

    @Test(.enabled(if: Program.prometheus != nil, "needs prometheus"))
    func `a real Prometheus answers every query of the dashboard and the rules`() throws {
        let rules = ["rules.yml", "alerts.yml"].map { Repository.file("deploy/prometheus/" + $0) }
        try Scratch.with { scratch in
            try RunningService.runSecurely(["--workers", "2", "--when", "S"]) { service, _ in
                try Prometheus.run(scraping: service.port, in: scratch, rules: rules) {
                    try ask($0, about: service)
                }
            }
        }
    }

    private func ask(_ prometheus: Prometheus, about service: RunningService) throws {
        // Under traffic, since some of it is only about that.
        try eventually("two scrapes, and rules that have been judged after them", within: 60) {
            _ = try service.post("{\"a\":1}\nnonsense\n", ["Content-Type: application/x-ndjson"])
            _ = try service.get("/nowhere")
            // Each group of rules is judged by a clock of its own.
            let recorded = try prometheus.rules().filter { !$0.isAlert }
            return try !recorded.isEmpty
                && recorded.allSatisfy { try prometheus.seriesCount(of: $0.name) > 0 }
        }
        for rule in try prometheus.rules() {
            #expect(rule.isWell, "\(rule.name): \(rule.error)")
            for name in metricNames(in: rule.query) + (rule.isAlert ? [] : [rule.name]) {
                try expectSeries(of: name, by: prometheus)
            }
        }
        for panel in try Dashboard().panels {
            for query in panel.queries {
                let expression = query.expression(everySeconds: 10)
                let count = try prometheus.seriesCount(of: expression)
                #expect(
                    count > 0 || Self.mayBeEmpty.contains(panel.title),
                    "\(panel.title): \(expression) has no series")
                for name in metricNames(in: expression) {
                    try expectSeries(of: name, by: prometheus)
                }
            }
        }
    }

    private func expectSeries(of name: String, by prometheus: Prometheus) throws {
        #expect(try prometheus.seriesCount(of: name) > 0, "there is no \(name)")
    }

    private func metricNames(in expression: String) -> [String] {
        expression.matches(of: /[a-z_:]*cordwood_[a-z0-9_:]+/).map { String($0.output) }
    }

    /// Nothing fires where all is well.
    private static let mayBeEmpty = ["Alerts"]
}

extension Prometheus {
    struct Rule {
        let name: String
        let query: String
        let isAlert: Bool
        let isWell: Bool
        let error: String

        init(_ json: JSON) {
            func text(_ name: String) -> String { json[name]?.text ?? "" }
            name = text("name")
            query = text("query")
            isAlert = text("type") == "alerting"
            isWell = text("health") == "ok"
            error = text("lastError")
        }
    }

    /// The rules as it has read them, and how judging them went.
    func rules() throws -> [Rule] {
        let groups = try answer("rules")["data"]?["groups"]?.elements ?? []
        let rules = groups.flatMap { $0["rules"]?.elements ?? [] }
        return rules.map(Rule.init)
    }
}
