// SPDX-License-Identifier: Apache-2.0

import Bytes

/// What one kind of value looks like in a YAML file, in the terms of JSON Schema.
///
/// It can be wider than what is allowed: an editor should not complain about a valid file.
enum ValueSchema: Sendable, Equatable {
    case number(ClosedRange<Int>)
    case boolean
    case words([String])
    /// The regular expression matches the whole text; nil: any text.
    case text(pattern: String?)
    indirect case any(of: [ValueSchema])

    /// As JSON.
    var json: String {
        switch self {
        case .number(let range):
            let number = JSONText.object([
                ("type", "\"integer\""), ("minimum", "\(range.lowerBound)"),
                ("maximum", "\(range.upperBound)"),
            ])
            return "{\"anyOf\":[\(number),{\"type\":\"string\",\"pattern\":\"^[0-9]+$\"}]}"
        case .boolean:
            // YAML 1.1 and 1.2 read some of these as different types.
            return #"{"enum":[true,false,"yes","no","on","off","true","false",1,0]}"#
        case .words(let words):
            let items = words.flatMap { [JSONText.quoted($0)] + Self.literals(of: $0) }
            return JSONText.object([("enum", JSONText.array(items))])
        case .text(let pattern):
            guard let pattern else { return #"{"type":"string"}"# }
            return JSONText.object([
                ("type", "\"string\""), ("pattern", JSONText.quoted("^(\(pattern))$")),
            ])
        case .any(let schemas):
            return JSONText.object([("anyOf", JSONText.array(schemas.map(\.json)))])
        }
    }

    /// What YAML may read a word as that is not in quotation marks.
    private static func literals(of word: String) -> [String] {
        switch word {
        case "off", "no", "false": return ["false"]
        case "on", "yes", "true": return ["true"]
        default:
            let isNumber = word.split(separator: ".", omittingEmptySubsequences: false)
                .allSatisfy { !$0.isEmpty && WholeNumber.read($0) != nil }
            return isNumber ? [word] : []
        }
    }

    static func size(_ range: ClosedRange<Int>) -> ValueSchema {
        .any(of: [.number(range), .text(pattern: "[0-9]+ *([KMGTkmgt][Ii]?)?[Bb]?")])
    }

    static let duration = ValueSchema.text(pattern: "[0-9]+ *[smhd]")

    /// A mode is a number in YAML 1.1 and 1.2, with different values: only its text is checked.
    static let mode = ValueSchema.any(of: [
        .number(0...0o7777), .text(pattern: "(0o?)?[0-7]{3}"),
    ])
}
