// SPDX-License-Identifier: Apache-2.0

/// The part of the file with the settings of single streams.
enum PerStream {
    /// Its name in the file.
    static let section = "per_stream"

    /// The settings that are possible there, in the order of the table.
    static let settings = Settings.all.filter { !key(of: $0).isEmpty }

    /// The key of a setting there; empty if it cannot be set for single streams.
    static func key(of setting: Setting) -> String {
        switch setting.key {
        case "ack": "ack"
        case "streams.format": "format"
        case _ where isAboutTheZone(setting.key): ""
        case let key where setting.section == "rotation": key
        default: ""
        }
    }

    static func named(_ key: String) -> Setting? {
        settings.first { Self.key(of: $0) == key }
    }

    /// The name of the rule for `pattern` in the sentences about mistakes.
    static func name(of pattern: String) -> String { "\(section).\(pattern)" }

    /// Whether the setting is about the time zone, of which a process has only one.
    static func isAboutTheZone(_ key: String) -> Bool {
        key == "rotation.utc" || key == "rotation.timezone"
    }
}

extension PerStream {
    /// Whether the setting is a part of the retention.
    static func isAboutRetention(_ key: String) -> Bool {
        ["rotation.backup_count", "rotation.max_age", "rotation.max_total_bytes"].contains(key)
    }

    /// Whether the value limits the retention; 0 is no limit.
    static func isLimitOfRetention(_ value: WrittenValue) -> Bool {
        guard isAboutRetention(value.key) else { return false }
        if case .one(let text) = value.shape { return Int(text) != 0 }
        return true
    }
}

/// A rule for the streams that a pattern matches, as written and not yet checked.
struct WrittenStream: Equatable {
    let pattern: String
    let source: ConfigurationSource
    var values: [WrittenValue] = []

    /// The name of the rule in the sentences about mistakes.
    var name: String { PerStream.name(of: pattern) }
}

extension ConfigurationFile {
    /// Reads `per_stream:`, whose keys are patterns.
    mutating func readStreams(_ node: YAMLNode, _ line: Int) {
        guard case .mapping(let pairs) = node.content else {
            if !node.isNothing { add(line, .notASection(PerStream.section, found: node.kind)) }
            return
        }
        for pair in pairs {
            let line = pair.key.line
            guard let pattern = pair.key.text else {
                add(line, .unknownKey("\(PerStream.section).?", suggestion: nil))
                continue
            }
            var stream = WrittenStream(pattern: pattern, source: source(line))
            if let earlier = streams.first(where: { $0.pattern == pattern }) {
                add(line, .setTwice(key: stream.name, earlier: earlier.source))
                continue
            }
            read(pair.value, line, section: "", into: &stream)
            streams.append(stream)
        }
    }

    private mutating func read(
        _ node: YAMLNode, _ line: Int, section: String, into stream: inout WrittenStream
    ) {
        guard case .mapping(let pairs) = node.content else {
            if !node.isNothing {
                let name = section.isEmpty ? stream.name : "\(stream.name).\(section)"
                add(line, .notASection(name, found: node.kind))
            }
            return
        }
        for pair in pairs {
            let name = pair.key.text ?? "?"
            let key = section.isEmpty ? name : "\(section).\(name)"
            read(key, pair.value, pair.key.line, into: &stream)
        }
    }

    private mutating func read(
        _ key: String, _ node: YAMLNode, _ line: Int, into stream: inout WrittenStream
    ) {
        let name = "\(stream.name).\(key)"
        if PerStream.named(key) != nil {
            if let earlier = stream.values.first(where: { $0.key == key }) {
                add(line, .setTwice(key: name, earlier: earlier.source))
            } else {
                stream.values.append(
                    WrittenValue(key: key, shape: shape(node), source: source(line)))
            }
        } else if key == "rotation" {
            read(node, line, section: key, into: &stream)
        } else if PerStream.isAboutTheZone(key) {
            add(line, .contradiction("\(name): all streams have one zone; set \(key) for all"))
        } else {
            let names = PerStream.settings.map(PerStream.key(of:)) + ["rotation"]
            add(line, .unknownKey(name, suggestion: Suggestion.nearest(to: key, among: names)))
        }
    }
}
