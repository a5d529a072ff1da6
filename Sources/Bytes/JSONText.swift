// SPDX-License-Identifier: Apache-2.0

/// JSON as text, for documents that no record waits for.
package enum JSONText {
    package static func string(_ text: String?) -> String { text.map(quoted) ?? "null" }

    package static func number(_ value: Int?) -> String { value.map { "\($0)" } ?? "null" }

    package static func array(_ items: [String]) -> String { "[\(items.joined(separator: ","))]" }

    package static func object(_ members: [(name: String, value: String)]) -> String {
        "{\(members.map { "\"\($0.name)\":\($0.value)" }.joined(separator: ","))}"
    }

    /// A time in seconds since 1970, as RFC 3339; null if there is none.
    package static func time(_ epochSeconds: Int64?) -> String {
        string(epochSeconds.map { RFC3339.string(epochNanoseconds: $0 * 1_000_000_000) })
    }

    /// A JSON string (RFC 8259, 7).
    package static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
