// SPDX-License-Identifier: Apache-2.0

import RotatingFile
import Streams

/// A configuration, and where each of its values came from.
package struct EffectiveConfiguration: Sendable, Equatable {
    package private(set) var configuration = Configuration()
    private var sources: [String: ConfigurationSource] = [:]

    package func source(of key: String) -> ConfigurationSource { sources[key] ?? .builtIn }

    mutating func apply(_ value: WrittenValue) throws(ConfigurationMistake) {
        guard let setting = Settings.named(value.key) else {
            throw ConfigurationMistake(value.source, .unknownKey(value.key, suggestion: nil))
        }
        try Self.assign(value, to: setting, called: setting.key, in: &configuration)
        sources[setting.key] = value.source
    }

    /// Adds a rule.
    ///
    /// The source of a value in it is found by the name of the rule, a space and the key, because a
    /// pattern may contain dots.
    mutating func add(_ stream: WrittenStream, _ plan: StreamPlan, for pattern: StreamPattern) {
        configuration.plans.add(plan, for: pattern)
        sources[stream.name] = stream.source
        for value in stream.values { sources["\(stream.name) \(value.key)"] = value.source }
    }

    /// Sets the value in `configuration`; a mistake calls the setting `key`.
    static func assign(
        _ value: WrittenValue, to setting: Setting, called key: String,
        in configuration: inout Configuration
    ) throws(ConfigurationMistake) {
        func notAValue(_ found: String) -> ConfigurationMistake {
            ConfigurationMistake(
                value.source, .notAValue(key: key, found: found, allowed: setting.allowed))
        }
        let texts: [String]
        switch value.shape {
        case .one(let text): texts = [text]
        case .list(let items) where setting.isList: texts = items
        case .list: throw notAValue("a list")
        case .other(let found): throw notAValue(found)
        }
        do throws(Setting.NotAllowed) {
            try setting.assign(texts, &configuration)
        } catch {
            throw ConfigurationMistake(
                value.source,
                .notAllowed(key: key, value: error.text, allowed: setting.allowed))
        }
    }

    /// A mistake of the first of `keys` that is not a default.
    func contradiction(_ keys: [String], _ why: String) -> ConfigurationMistake {
        let source = keys.lazy.map(source(of:)).first { $0 != .builtIn } ?? .builtIn
        return ConfigurationMistake(source, .contradiction(why))
    }

    /// Mistakes in values that are valid by themselves but not together.
    func contradictions() -> [ConfigurationMistake] {
        var mistakes: [ConfigurationMistake] = []
        func add(_ keys: [String], _ why: String) { mistakes.append(contradiction(keys, why)) }
        let rotation = configuration.plans.common.rotation
        let (http, ingest) = (configuration.http, configuration.ingest)
        do throws(RotationScheduleError) {
            _ = try rotation.schedule()
        } catch {
            let key = error.isAboutTimeOfDay ? "rotation.at_time" : "rotation.interval"
            add([key, "rotation.when"], "\(key): \(error)")
        }
        if rotation.isUTC, !configuration.timezone.isEmpty {
            add(
                ["rotation.timezone"],
                "rotation.timezone is \(configuration.timezone), but rotation.utc is true: only one can"
                    + " count")
        }
        if ingest.recordByteCount > ingest.decodedByteCount {
            add(
                ["limits.record_bytes", "limits.decoded_bytes"],
                "limits.record_bytes is larger than limits.decoded_bytes: no record could be so"
                    + " long")
        }
        if http.bodyByteCount > http.bufferedByteCount {
            add(
                ["limits.buffered_bytes", "limits.body_bytes"],
                "limits.buffered_bytes is smaller than limits.body_bytes: no body could be so"
                    + " large")
        }
        for contradiction in configuration.listeningContradictions
            + configuration.tlsContradictions + configuration.proxyContradictions
            + configuration.corsContradictions
            + configuration.observationContradictions
        { add(contradiction.keys, contradiction.why) }
        let name = configuration.streams.defaultStream
        if !configuration.streams.allow.allow(name.utf8.span) {
            add(
                ["streams.default", "streams.allow"],
                "streams.default is \(name), which streams.allow does not allow")
        }
        mistakes += protocolContradictions()
        // Otherwise each rule would repeat the mistakes that all streams share.
        return mistakes.isEmpty ? contradictionsPerStream() : mistakes
    }

    /// The configuration as a file that can be used as it is, the source beside each value.
    ///
    /// - Parameter onlyChanged: whether defaults are left out.
    package func yaml(onlyChanged: Bool = false) -> String {
        var lines: [(text: String, source: String)] = []
        var sections: [Substring] = []
        for setting in Settings.all
        where !onlyChanged || source(of: setting.key) != .builtIn {
            let path = setting.section.split(separator: ".")
            let shared = zip(path, sections).prefix { $0.0 == $0.1 }.count
            for depth in shared..<path.count {
                lines.append((String(repeating: "  ", count: depth) + "\(path[depth]):", ""))
            }
            sections = path
            let indent = String(repeating: "  ", count: path.count)
            let source = source(of: setting.key).description
            let texts = setting.texts(configuration).map(QuotedText.asScalar)
            if setting.isList, texts.isEmpty {
                lines.append(("\(indent)\(setting.name): []", source))
            } else if setting.isList {
                lines.append(("\(indent)\(setting.name):", source))
                lines += texts.map { ("\(indent)  - \($0)", "") }
            } else {
                lines.append(("\(indent)\(setting.name): \(texts.joined())", source))
            }
            if setting.key == "rotation.max_total_bytes" {
                let kept = configuration.plans.common.retention.sentence
                lines.append(("\(indent)# keeps, of each stream: \(kept)", ""))
            }
        }
        lines += linesPerStream()
        let width = lines.map { min($0.text.count, 40) }.max() ?? 0
        return lines.map { text, source in
            guard !source.isEmpty else { return text + "\n" }
            let gap = String(repeating: " ", count: max(0, width - text.count) + 2)
            return "\(text)\(gap)# from \(source)\n"
        }.joined()
    }
}

extension RotationScheduleError {
    fileprivate var isAboutTimeOfDay: Bool {
        if case .timeOfDayNotUsed = self { true } else { false }
    }
}
