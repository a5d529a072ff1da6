/// The part of the file that says for single streams what else counts for all.
enum PerStream {
    /// Its name in the file.
    static let section = "per_stream"

    /// What may be set there, in the order of the table.
    static let settings = Settings.all.filter { !key(of: $0).isEmpty }

    /// What a setting is called there; empty: it counts for all streams or none.
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

    /// What mistakes call what is said for `pattern`.
    static func name(of pattern: String) -> String { "\(section).\(pattern)" }

    /// A process has one zone.
    static func isAboutTheZone(_ key: String) -> Bool {
        key == "rotation.utc" || key == "rotation.timezone"
    }
}

extension PerStream {
    /// Whether the setting is one of those that say together what is kept.
    static func isAboutRetention(_ key: String) -> Bool {
        ["rotation.backup_count", "rotation.max_age", "rotation.max_total_bytes"].contains(key)
    }

    /// Whether `value` is a limit on what is kept; 0 is none.
    static func isLimitOfRetention(_ value: WrittenValue) -> Bool {
        guard isAboutRetention(value.key) else { return false }
        if case .one(let text) = value.shape { return Int(text) != 0 }
        return true
    }
}

/// What somebody wrote for the streams that a pattern matches, not yet judged.
struct WrittenStream: Equatable {
    let pattern: String
    let source: ConfigurationSource
    var values: [WrittenValue] = []

    /// What mistakes call it.
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
