import Yams

/// What a YAML file says: values by the names of their settings, and mistakes.
///
/// Sections are mappings; a dotted key says the same in one line.
struct ConfigurationFile {
    private let path: String
    private(set) var values: [WrittenValue] = []
    private(set) var mistakes: [ConfigurationMistake] = []

    init(path: String, text: String) {
        self.path = path
        do {
            guard let root = try Yams.compose(yaml: text), !isNothing(root) else { return }
            guard let mapping = root.mapping else {
                add(source(root), .notYAML(why: "it must be a mapping of settings"))
                return
            }
            read(mapping, section: "")
        } catch {
            addMalformed(error)
        }
    }

    private mutating func read(_ mapping: Node.Mapping, section: String) {
        for (name, node) in mapping {
            guard let text = name.scalar?.string else {
                add(source(name), .unknownKey("\(section)?", suggestion: nil))
                continue
            }
            let key = section + text
            if let setting = Settings.named(key) {
                add(setting, node, source(name))
            } else if Settings.all.contains(where: { $0.section == key }) {
                if let inner = node.mapping {
                    read(inner, section: key + ".")
                } else if !isNothing(node) {
                    add(source(name), .notASection(key, found: kind(node)))
                }
            } else {
                add(source(name), .unknownKey(key, suggestion: suggestion(for: key)))
            }
        }
    }

    private mutating func add(_ setting: Setting, _ node: Node, _ source: ConfigurationSource) {
        if let earlier = values.first(where: { $0.key == setting.key }) {
            add(source, .setTwice(key: setting.key, earlier: earlier.source))
            return
        }
        values.append(WrittenValue(key: setting.key, shape: shape(node), source: source))
    }

    private func shape(_ node: Node) -> WrittenValue.Shape {
        if let items = node.sequence {
            let texts = items.compactMap { isNothing($0) ? nil : $0.scalar?.string }
            return texts.count == items.count
                ? .list(texts) : .other("a list of something else than single values")
        }
        guard let scalar = node.scalar, !isNothing(node) else { return .other(kind(node)) }
        return .one(scalar.string)
    }

    private func suggestion(for key: String) -> String? {
        let names = Settings.all.flatMap { [$0.key, $0.section] }.filter { !$0.isEmpty }
        return Suggestion.nearest(to: key, among: names)
    }

    private func source(_ node: Node) -> ConfigurationSource { source(node.mark) }

    private func source(_ mark: Mark?) -> ConfigurationSource {
        .file(path: path, line: mark?.line)
    }

    private mutating func add(
        _ source: ConfigurationSource, _ problem: ConfigurationMistake.Problem
    ) {
        mistakes.append(ConfigurationMistake(source, problem))
    }

    private mutating func addMalformed(_ error: any Error) {
        switch error as? YamlError {
        case .composer(_, "but found another document", let mark, _):
            add(source(mark), .notYAML(why: "it must be one document, and here begins another"))
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            add(source(mark), .notYAML(why: problem))
        case .duplicatedKeysInMapping(let keys, let context):
            let list = keys.sorted().joined(separator: ", ")
            add(source(context.mark), .notYAML(why: "in this mapping a key stands twice: \(list)"))
        case .reader(let problem, _, _, _): add(source(nil), .notYAML(why: problem))
        default: add(source(nil), .notYAML(why: "\(error)"))
        }
    }
}

/// Whether nothing was written: `key:`, `key: ~` or `key: null`.
private func isNothing(_ node: Node) -> Bool {
    guard let scalar = node.scalar, scalar.style == .plain else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
}

private func kind(_ node: Node) -> String {
    switch node {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .scalar: isNothing(node) ? "empty" : "a single value"
    case .alias: "an alias"
    }
}
