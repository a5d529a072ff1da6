// SPDX-License-Identifier: Apache-2.0

/// A part of a YAML document, and the line it begins on.
struct YAMLNode: Equatable {
    let line: Int
    let content: Content

    indirect enum Content: Equatable {
        /// Plain: written without quotation marks.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        /// In the order of the document; keys may repeat.
        case mapping([Pair])
    }

    struct Pair: Equatable {
        let key: YAMLNode
        let value: YAMLNode
    }

    var text: String? {
        if case .scalar(let text, _) = content { text } else { nil }
    }

    /// Whether nothing was written: `key:`, `key: ~` or `key: null`.
    var isNothing: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// The kind of the node, in words.
    var kind: String {
        switch content {
        case .scalar: isNothing ? "empty" : "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}

/// The reason why a text is not a YAML document.
struct YAMLError: Error, Equatable {
    let line: Int
    /// A sentence without its end, of libyaml or of this parser.
    let why: String
}
