// SPDX-License-Identifier: Apache-2.0

import RotatingFile
import Streams

/// The rules of `per_stream`: applied, checked and printed.
extension EffectiveConfiguration {
    /// Adds a rule; must be called after the values that count for all streams were applied.
    ///
    /// - Returns: the mistakes in it.
    mutating func apply(_ stream: WrittenStream) -> [ConfigurationMistake] {
        var mistakes: [ConfigurationMistake] = []
        let pattern = Self.pattern(stream.pattern)
        if pattern == nil {
            let isName = !stream.pattern.utf8.contains(UInt8(ascii: "*"))
            mistakes.append(
                ConfigurationMistake(
                    stream.source,
                    .notAllowed(
                        key: "a key of \(PerStream.section)", value: stream.pattern,
                        allowed: isName ? StreamName.allowed : StreamPattern.allowed)))
        }
        // The settings of the rule are read into a copy in which they count for all streams.
        var result = configuration
        result.plans.common = Self.base(of: stream, configuration.plans.common)
        for value in stream.values {
            guard let setting = PerStream.named(value.key) else { continue }
            do throws(ConfigurationMistake) {
                let name = "\(stream.name).\(value.key)"
                try Self.assign(value, to: setting, called: name, in: &result)
            } catch {
                mistakes.append(error)
            }
        }
        if let pattern { add(stream, result.plans.common, for: pattern) }
        return mistakes
    }

    private static func pattern(_ text: String) -> StreamPattern? {
        guard let pattern = StreamPattern(text) else { return nil }
        return pattern.isName && !StreamName.isValid(text.utf8.span) ? nil : pattern
    }

    /// The plan that the settings of a rule change.
    private static func base(of stream: WrittenStream, _ common: StreamPlan) -> StreamPlan {
        var plan = common
        // The number that all streams have must not change when the rule removes another limit.
        plan.retention.backupCount = common.retention.backupCount
        plan.hasOwnRetention = stream.values.contains { PerStream.isAboutRetention($0.key) }
        if stream.values.contains(where: { $0.key == "rotation.when" }) {
            // An interval of 15 minutes for all streams does not mean 15 days for one.
            plan.rotation.interval = StreamPlan().rotation.interval
            plan.rotation.atTime = nil
        }
        // A limit that the rule gives is the only one: the limits of all streams do not count
        // beside it.
        if stream.values.contains(where: PerStream.isLimitOfRetention) {
            plan.retention = Retention()
        }
        return plan
    }

    /// Contradictions within a rule, and between a rule and other settings.
    func contradictionsPerStream() -> [ConfigurationMistake] {
        let rules = configuration.plans.rules
        return rules.indices.flatMap { index in
            let rule = rules[index]
            let name = PerStream.name(of: "\(rule.pattern)")
            var mistakes: [ConfigurationMistake] = []
            if let earlier = rules[..<index].first(where: { $0.pattern.covers(rule.pattern) }) {
                mistakes.append(
                    contradiction(
                        [name],
                        "\(name) never counts: \(earlier.pattern) above it matches all that it"
                            + " does"))
            }
            if rule.pattern.isName,
                !configuration.streams.allow.allow("\(rule.pattern)".utf8.span)
            {
                mistakes.append(
                    contradiction(
                        [name], "\(name): streams.allow does not allow a stream of this name"))
            }
            do throws(RotationScheduleError) {
                _ = try rule.plan.rotation.schedule()
            } catch {
                let keys = ["rotation.at_time", "rotation.interval", "rotation.when"]
                mistakes.append(
                    contradiction(keys.map { "\(name) \($0)" } + [name], "\(name): \(error)"))
            }
            return mistakes
        }
    }

    /// The lines of the rules in `yaml()`.
    func linesPerStream() -> [(text: String, source: String)] {
        if configuration.plans.rules.isEmpty { return [] }
        var lines = [(text: "\(PerStream.section):", source: "")]
        for rule in configuration.plans.rules {
            let name = PerStream.name(of: "\(rule.pattern)")
            let chosen = PerStream.settings.filter {
                source(of: "\(name) \(PerStream.key(of: $0))") != .builtIn
            }
            let nothing = chosen.isEmpty ? " {}" : ""
            lines.append(
                (
                    "  \(QuotedText.asScalar("\(rule.pattern)")):\(nothing)",
                    source(of: name).description
                ))
            // The table of settings writes the values as if they counted for all streams.
            var result = configuration
            result.plans.common = rule.plan
            for setting in chosen {
                let key = PerStream.key(of: setting)
                let text = setting.texts(result).map(QuotedText.asScalar).joined()
                lines.append(("    \(key): \(text)", source(of: "\(name) \(key)").description))
            }
            lines.append(("    # keeps: \(rule.plan.retention.sentence)", ""))
        }
        return lines
    }
}
