// SPDX-License-Identifier: Apache-2.0

import Bytes

/// The plan of all streams, and the plans of those whose names match a pattern.
///
/// Everything that differs from stream to stream is looked up here: the first rule whose pattern
/// matches the name counts.
package struct PlanTable<Plan: Sendable>: Sendable {
    package struct Rule: Sendable {
        package let pattern: StreamPattern
        package let plan: Plan
    }

    /// The plan of the streams that no rule matches.
    package var common: Plan
    /// In the order in which they count.
    package private(set) var rules: [Rule] = []

    package init(_ common: Plan) { self.common = common }

    /// Adds a rule after the others.
    package mutating func add(_ plan: Plan, for pattern: StreamPattern) {
        rules.append(Rule(pattern: pattern, plan: plan))
    }

    /// The plan of the stream.
    package func plan(of stream: String) -> Plan { rule(of: stream)?.plan ?? common }

    /// The plan of the stream.
    package func plan(of stream: Span<UInt8>) -> Plan { rule(of: stream)?.plan ?? common }

    /// The plan of an active file: the file of rejected records has that of its stream, and a file
    /// that is no stream's has that of all.
    package func plan(ofFile name: String) -> Plan { rule(ofFile: name)?.plan ?? common }

    /// The rule that counts for an active file; nil if none does.
    package func rule(ofFile name: String) -> Rule? {
        StreamFile(named: name).flatMap { rule(of: $0.stream) }
    }

    private func rule(of stream: String) -> Rule? {
        let name = Array(stream.utf8)
        return rule(of: name.span)
    }

    private func rule(of stream: Span<UInt8>) -> Rule? {
        for rule in rules where rule.pattern.matches(stream) { return rule }
        return nil
    }

    /// The same table with each plan transformed.
    package func map<Other: Sendable, Failure>(
        _ transform: (Plan) throws(Failure) -> Other
    ) throws(Failure) -> PlanTable<Other> {
        var table = PlanTable<Other>(try transform(common))
        for rule in rules { table.add(try transform(rule.plan), for: rule.pattern) }
        return table
    }
}

extension PlanTable: Equatable where Plan: Equatable {}
extension PlanTable.Rule: Equatable where Plan: Equatable {}
