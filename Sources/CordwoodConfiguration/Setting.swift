// SPDX-License-Identifier: Apache-2.0

/// One setting: its name in every form, its allowed values, and its place in `Configuration`.
package struct Setting: Sendable {
    /// The name in YAML, its section in front: `rotation.backup_count`.
    package let key: String
    /// `backup-count` for `--backup-count`; `nil`: it has no flag.
    package let flag: String?
    /// One sentence.
    package let help: String
    /// Completes the sentence 'it must be …'.
    package let allowed: String
    /// What each of its values looks like in YAML.
    let schema: ValueSchema
    /// Whether it takes several values: a list in YAML, commas in the environment, repeated flags.
    package let isList: Bool
    let assign: @Sendable ([String], inout Configuration) throws(NotAllowed) -> Void
    let texts: @Sendable (Configuration) -> [String]

    /// A text that is not an allowed value.
    struct NotAllowed: Error, Equatable { let text: String }

    /// The variable, such as `CORDWOOD_ROTATION_BACKUP_COUNT`.
    package var environmentName: String {
        Self.environmentPrefix + String(key.map { $0 == "." ? "_" : $0 }).uppercased()
    }

    package static let environmentPrefix = "CORDWOOD_"

    /// `rotation`, or `protocols.otlp` for a section in a section; empty for settings without one.
    package var section: String {
        key.lastIndex(of: ".").map { String(key[..<$0]) } ?? ""
    }

    /// The first part of the section, such as `protocols`.
    var topSection: String { String(section.prefix { $0 != "." }) }

    /// The key without its section, such as `backup_count`.
    package var name: String {
        key.lastIndex(of: ".").map { String(key[key.index(after: $0)...]) } ?? key
    }

    /// Whether it is in the section `section`, or in a section in that.
    func isInside(_ section: String) -> Bool { key.hasPrefix(section + ".") }

    package var defaultTexts: [String] { texts(Configuration()) }
}

extension Setting {
    init<Value>(
        _ key: String, _ path: any WritableKeyPath<Configuration, Value> & Sendable,
        _ format: ValueFormat<Value>, flag: String? = nil, _ help: String
    ) {
        self.init(
            key: key, flag: flag, help: help, allowed: format.allowed,
            schema: format.schema, isList: false,
            assign: { texts, configuration throws(NotAllowed) in
                let text = texts.last ?? ""
                guard let value = format.read(text) else { throw NotAllowed(text: text) }
                configuration[keyPath: path] = value
            },
            texts: { [format.write($0[keyPath: path])] })
    }

    /// A list of different values, one or more unless `mayBeEmpty`.
    init<Value: Equatable>(
        _ key: String, listAt path: any WritableKeyPath<Configuration, [Value]> & Sendable,
        _ format: ValueFormat<Value>, flag: String? = nil, mayBeEmpty: Bool = false,
        _ help: String
    ) {
        let count = mayBeEmpty ? "none, or a list" : "a list of one or more"
        self.init(
            key: key, flag: flag, help: help,
            allowed: "\(count), each only once: \(format.allowed)",
            schema: format.schema, isList: true,
            assign: { texts, configuration throws(NotAllowed) in
                // An empty variable of the environment counts as unset, so a list that is empty
                // has a word.
                let texts = mayBeEmpty && texts == ["none"] ? [] : texts
                var values: [Value] = []
                for text in texts {
                    guard let value = format.read(text), !values.contains(value)
                    else { throw NotAllowed(text: text) }
                    values.append(value)
                }
                guard mayBeEmpty || !values.isEmpty else { throw NotAllowed(text: "") }
                configuration[keyPath: path] = values
            },
            texts: { $0[keyPath: path].map(format.write) })
    }
}
