// SPDX-License-Identifier: Apache-2.0

/// One mistake in a configuration, described in one sentence.
package struct ConfigurationMistake: Error, Equatable, CustomStringConvertible {
    package let source: ConfigurationSource
    package let problem: Problem

    package enum Problem: Equatable {
        case unreadableFile(why: String)
        case notYAML(why: String)
        case unknownKey(String, suggestion: String?)
        case unknownVariable(suggestion: String?)
        /// A section that contains something other than settings.
        case notASection(String, found: String)
        /// A list, a mapping or nothing in the place of one value.
        case notAValue(key: String, found: String, allowed: String)
        case notAllowed(key: String, value: String, allowed: String)
        case setTwice(key: String, earlier: ConfigurationSource)
        /// Values that are valid by themselves but not together.
        case contradiction(String)
    }

    package init(_ source: ConfigurationSource, _ problem: Problem) {
        self.source = source
        self.problem = problem
    }

    package var description: String {
        switch problem {
        case .unreadableFile(let why): "\(source): the configuration file cannot be read: \(why)."
        case .notYAML(let why): "\(source): this is not YAML: \(why)."
        case .unknownKey(let key, let suggestion):
            "\(source): there is no setting \(shown(key))\(question(suggestion))"
        case .unknownVariable(let suggestion):
            "\(source): no setting has this environment variable\(question(suggestion))"
        case .notASection(let section, let found):
            "\(source): \(section) is a section and must hold settings, but holds \(found)."
        case .notAValue(let key, let found, let allowed):
            "\(source): \(key) is \(found), but must be \(allowed)."
        case .notAllowed(let key, let value, let allowed):
            "\(source): \(key) is \(shown(value)), but must be \(allowed)."
        case .setTwice(let key, let earlier):
            "\(source): \(key) is set twice, first at \(earlier)."
        case .contradiction(let why): "\(source): \(why)."
        }
    }

    private func question(_ suggestion: String?) -> String {
        suggestion.map { "; did you mean \($0)?" } ?? "."
    }

    /// Any text in quotation marks, on one line and of limited length.
    private func shown(_ text: String) -> String {
        let limit = 120
        return QuotedText.quoted(text.count > limit ? text.prefix(limit) + "…" : text)
    }
}

/// All mistakes in a configuration: those of the file, line by line, then variables and flags.
package struct ConfigurationError: Error, Equatable {
    package let mistakes: [ConfigurationMistake]

    init(_ mistakes: [ConfigurationMistake]) {
        self.mistakes = mistakes.sorted { $0.source.order < $1.source.order }
    }
}

extension ConfigurationSource {
    fileprivate var order: (Int, Int) {
        switch self {
        case .builtIn: (0, 0)
        case .file(_, let line): (1, line ?? 0)
        case .environment: (2, 0)
        case .flag: (3, 0)
        }
    }
}
