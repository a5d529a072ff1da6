// SPDX-License-Identifier: Apache-2.0

/// The values that a YAML file sets, by the names of their settings, and its mistakes.
///
/// Sections are mappings; a dotted key means the same on one line.
struct ConfigurationFile {
    private let path: String
    private(set) var values: [WrittenValue] = []
    /// The rules for single streams, in the order of the file.
    var streams: [WrittenStream] = []
    private(set) var mistakes: [ConfigurationMistake] = []

    init(path: String, text: String) {
        self.path = path
        do throws(YAMLError) {
            guard let root = try YAMLParser.parse(text), !root.isNothing else { return }
            guard case .mapping(let pairs) = root.content else {
                throw YAMLError(line: root.line, why: "it must be a mapping of settings")
            }
            read(pairs, section: "")
        } catch {
            add(error.line, .notYAML(why: error.why))
        }
    }

    private mutating func read(_ pairs: [YAMLNode.Pair], section: String) {
        var lines: [String: Int] = [:]
        for pair in pairs {
            let line = pair.key.line
            guard let name = pair.key.text else {
                add(line, .unknownKey("\(section)?", suggestion: nil))
                continue
            }
            if let earlier = lines.updateValue(line, forKey: name) {
                add(line, .setTwice(key: section + name, earlier: source(earlier)))
            } else {
                read(section + name, pair.value, line)
            }
        }
    }

    private mutating func read(_ key: String, _ node: YAMLNode, _ line: Int) {
        if let setting = Settings.named(key) {
            // The key stands once in its section and once with a dot.
            if let earlier = values.first(where: { $0.key == setting.key }) {
                add(line, .setTwice(key: key, earlier: earlier.source))
            } else {
                values.append(WrittenValue(key: key, shape: shape(node), source: source(line)))
            }
        } else if key == PerStream.section {
            readStreams(node, line)
        } else if Settings.all.contains(where: { $0.isInside(key) }) {
            if case .mapping(let pairs) = node.content {
                read(pairs, section: key + ".")
            } else if !node.isNothing {
                add(line, .notASection(key, found: node.kind))
            }
        } else {
            add(line, .unknownKey(key, suggestion: suggestion(for: key)))
        }
    }

    func shape(_ node: YAMLNode) -> WrittenValue.Shape {
        switch node.content {
        case .scalar(let text, _) where !node.isNothing: return .one(text)
        case .sequence(let items):
            let texts = items.compactMap { $0.isNothing ? nil : $0.text }
            return texts.count == items.count
                ? .list(texts) : .other("a list of something else than single values")
        default: return .other(node.kind)
        }
    }

    private func suggestion(for key: String) -> String? {
        let names =
            Settings.all.flatMap { [$0.key, $0.section, $0.topSection] }
            .filter { !$0.isEmpty } + [PerStream.section]
        return Suggestion.nearest(to: key, among: names)
    }

    func source(_ line: Int) -> ConfigurationSource { .file(path: path, line: line) }

    mutating func add(_ line: Int, _ problem: ConfigurationMistake.Problem) {
        mistakes.append(ConfigurationMistake(source(line), problem))
    }
}
