// SPDX-License-Identifier: Apache-2.0

/// A parsed JSON text (RFC 8259), such as the answer of `/health`.
///
/// Numbers stay text until they are needed.
package enum JSONValue: Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// Returns nil if the text is not JSON, or is nested too deeply.
    package init?(_ text: some Sequence<UInt8>) {
        var reader = Reader(bytes: Array(text))
        guard let value = reader.value(depth: 0), reader.isAtEnd else { return nil }
        self = value
    }

    package subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    package var string: String? { if case .string(let text) = self { text } else { nil } }

    package var number: Double? { if case .number(let text) = self { Double(text) } else { nil } }

    /// A whole number; nil if it is too large.
    package var integer: Int? { if case .number(let text) = self { Int(text) } else { nil } }

    package var items: [JSONValue] { if case .array(let items) = self { items } else { [] } }
}

private struct Reader {
    let bytes: [UInt8]
    var index = 0

    static let depthLimit = 32

    private var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    var isAtEnd: Bool {
        mutating get {
            skipSpace()
            return index == bytes.count
        }
    }

    mutating func value(depth: Int) -> JSONValue? {
        guard depth < Self.depthLimit else { return nil }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return object(depth)
        case UInt8(ascii: "["): return array(depth)
        case UInt8(ascii: "\""): return string().map { .string($0) }
        case UInt8(ascii: "t"): return take("true") ? .bool(true) : nil
        case UInt8(ascii: "f"): return take("false") ? .bool(false) : nil
        case UInt8(ascii: "n"): return take("null") ? .null : nil
        default: return number()
        }
    }

    private mutating func object(_ depth: Int) -> JSONValue? {
        var members: [String: JSONValue] = [:]
        index += 1
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            guard let key = string(), take(":"), let value = value(depth: depth + 1) else {
                return nil
            }
            members[key] = value
        } while take(",")
        return take("}") ? .object(members) : nil
    }

    private mutating func array(_ depth: Int) -> JSONValue? {
        var items: [JSONValue] = []
        index += 1
        if take("]") { return .array(items) }
        repeat {
            guard let value = value(depth: depth + 1) else { return nil }
            items.append(value)
        } while take(",")
        return take("]") ? .array(items) : nil
    }

    private mutating func number() -> JSONValue? {
        let start = index
        while let byte = next, "+-.0123456789Ee".utf8.contains(byte) { index += 1 }
        guard start < index else { return nil }
        return .number(String(decoding: bytes[start..<index], as: UTF8.self))
    }

    private mutating func string() -> String? {
        guard next == UInt8(ascii: "\"") else { return nil }
        index += 1
        var units: [UInt16] = []
        var plain = index
        func decoded(_ range: Range<Int>) -> String.UTF16View {
            String(decoding: bytes[range], as: UTF8.self).utf16
        }
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""):
                units += decoded(plain..<index - 1)
                return String(decoding: units, as: UTF16.self)
            case UInt8(ascii: "\\"):
                units += decoded(plain..<index - 1)
                guard let unit = escape() else { return nil }
                units.append(unit)
                plain = index
            case 0..<0x20: return nil
            default: break
            }
        }
        return nil
    }

    private mutating func escape() -> UInt16? {
        guard let byte = next else { return nil }
        index += 1
        switch byte {
        case UInt8(ascii: "b"): return 8
        case UInt8(ascii: "t"): return 9
        case UInt8(ascii: "n"): return 10
        case UInt8(ascii: "f"): return 12
        case UInt8(ascii: "r"): return 13
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return UInt16(byte)
        case UInt8(ascii: "u"):
            guard index + 4 <= bytes.count else { return nil }
            defer { index += 4 }
            return UInt16(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
        default: return nil
        }
    }

    /// Takes `literal`, if it comes next.
    private mutating func take(_ literal: String) -> Bool {
        skipSpace()
        guard bytes[index...].starts(with: literal.utf8) else { return false }
        index += literal.utf8.count
        return true
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
            index += 1
        }
    }
}
