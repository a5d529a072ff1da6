import RotatingFile
import Streams

/// The rules of `per_stream`, judged, checked and printed.
extension EffectiveConfiguration {
    /// Adds a rule; to be called when all that counts for every stream is known.
    ///
    /// - Returns: what is wrong with it.
    mutating func apply(_ stream: WrittenStream) -> [ConfigurationMistake] {
        var mistakes: [ConfigurationMistake] = []
        let isName = !stream.pattern.utf8.contains(UInt8(ascii: "*"))
        let format = isName ? ValueFormat<String>.streamName : .streamPattern
        if format.read(stream.pattern) == nil {
            mistakes.append(
                ConfigurationMistake(
                    stream.source,
                    .notAllowed(
                        key: "a key of \(PerStream.section)", value: stream.pattern,
                        allowed: format.allowed)))
        }
        var result = configuration
        if stream.values.contains(where: { $0.key == "rotation.when" }) {
            // Fifteen minutes for all are not fifteen days for one.
            result.rotation.interval = Configuration.Rotation().interval
            result.rotation.atTime = nil
        }
        if stream.values.contains(where: PerStream.isLimitOfRetention) {
            // A limit of its own is the only one: those for all do not count beside it.
            result.rotation.removeLimits()
        }
        for value in stream.values {
            guard let setting = PerStream.named(value.key) else { continue }
            do throws(ConfigurationMistake) {
                let name = "\(stream.name).\(value.key)"
                try Self.assign(value, to: setting, called: name, in: &result)
            } catch {
                mistakes.append(error)
            }
        }
        add(stream, result.commonStreamSettings)
        return mistakes
    }

    /// What is wrong with the rules in what they say together, and with all else.
    func contradictionsPerStream() -> [ConfigurationMistake] {
        let rules = configuration.perStream
        let allowed = configuration.streams.allow.map { Array($0.utf8) }
        return rules.indices.flatMap { index in
            let rule = rules[index]
            let name = PerStream.name(of: rule.pattern)
            var mistakes: [ConfigurationMistake] = []
            // A star is matched by nothing but another: what matches the pattern as if it were a
            // name matches all that it does.
            if let earlier = rules[..<index].first(where: { $0.matches(rule.pattern) }) {
                mistakes.append(
                    contradiction(
                        [name],
                        "\(name) never counts: \(earlier.pattern) above it matches all that it"
                            + " does"))
            }
            if !rule.pattern.utf8.contains(UInt8(ascii: "*")),
                !StreamName.isAllowed(rule.pattern.utf8.span, by: allowed)
            {
                mistakes.append(
                    contradiction(
                        [name], "\(name): streams.allow does not allow a stream of this name"))
            }
            do throws(RotationScheduleError) {
                _ = try rule.settings.rotation.schedule()
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
        if configuration.perStream.isEmpty { return [] }
        var lines = [(text: "\(PerStream.section):", source: "")]
        for rule in configuration.perStream {
            let name = PerStream.name(of: rule.pattern)
            let chosen = PerStream.settings.filter {
                source(of: "\(name) \(PerStream.key(of: $0))") != .builtIn
            }
            let nothing = chosen.isEmpty ? " {}" : ""
            lines.append(
                (
                    "  \(QuotedText.asScalar(rule.pattern)):\(nothing)",
                    source(of: name).description
                ))
            // The table is asked what it would write if that counted for all.
            var result = configuration
            result.rotation = rule.settings.rotation
            result.streams.format = rule.settings.format
            result.ack = rule.settings.ack
            for setting in chosen {
                let key = PerStream.key(of: setting)
                let text = setting.texts(result).map(QuotedText.asScalar).joined()
                lines.append(("    \(key): \(text)", source(of: "\(name) \(key)").description))
            }
            lines.append(("    # keeps: \(rule.settings.rotation.retention.sentence)", ""))
        }
        return lines
    }
}
