// SPDX-License-Identifier: Apache-2.0

/// Reads one object of JSON, of any bytes: a ledger can be damaged as everything on a disk.
///
/// The caller gets strings, whole numbers and booleans; values of other kinds are passed over.
struct LedgerScanner {
    enum Value: Equatable {
        case text(String)
        case number(Int64)
        /// Anything else; whether it is `true`.
        case other(isTrue: Bool)
    }

    /// A line that is nested more deeply is none of ours.
    private static let maximumDepth = 32

    private let bytes: ArraySlice<UInt8>
    private var position: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    /// Gives each member of the object to `body`; false if the bytes are not one whole object.
    mutating func readObject(_ body: (_ key: String, _ value: Value) -> Void) -> Bool {
        guard take("{") else { return false }
        if take("}") { return isAtEnd }
        repeat {
            guard let key = string(), take(":"), let value = value() else { return false }
            body(key, value)
        } while take(",")
        return take("}") && isAtEnd
    }

    private var isAtEnd: Bool { position == bytes.endIndex }

    private var next: UInt8? { isAtEnd ? nil : bytes[position] }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        skipSpace()
        return true
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0D { position += 1 }
    }

    private mutating func value() -> Value? {
        switch next {
        case UInt8(ascii: "\""): return string().map(Value.text)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            return skipNested() ? .other(isTrue: false) : nil
        default: return plainValue()
        }
    }

    /// A number, `true`, `false` or `null`.
    private mutating func plainValue() -> Value? {
        let start = position
        while let byte = next, byte != UInt8(ascii: ","), byte != UInt8(ascii: "}"), byte > 0x20 {
            position += 1
        }
        if start == position { return nil }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        skipSpace()
        return Int64(text).map(Value.number) ?? .other(isTrue: text == "true")
    }

    private mutating func skipNested() -> Bool {
        var depth = 0
        repeat {
            switch next {
            case nil: return false
            case UInt8(ascii: "\""):
                guard string() != nil else { return false }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
            position += 1
        } while depth > 0 && depth <= Self.maximumDepth
        skipSpace()
        return depth == 0
    }

    private mutating func string() -> String? {
        guard next == UInt8(ascii: "\"") else { return nil }
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(validating: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = escaped() else { return nil }
                text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func escaped() -> Unicode.Scalar? {
        guard let byte = next else { return nil }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            guard bytes.endIndex - position >= 4 else { return nil }
            let digits = bytes[position..<position + 4]
            position += 4
            let isHexadecimal = digits.allSatisfy { Character(Unicode.Scalar($0)).isHexDigit }
            guard isHexadecimal else { return nil }
            return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
                .flatMap(Unicode.Scalar.init)
        default: return nil
        }
    }
}
