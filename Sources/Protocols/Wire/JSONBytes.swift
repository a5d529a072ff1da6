// SPDX-License-Identifier: Apache-2.0

// Computed, so that each is a constant wherever it is used.
extension UInt8 {
    static var tab: UInt8 { UInt8(ascii: "\t") }
    static var lineFeed: UInt8 { UInt8(ascii: "\n") }
    static var carriageReturn: UInt8 { UInt8(ascii: "\r") }
    static var space: UInt8 { UInt8(ascii: " ") }
    static var quote: UInt8 { UInt8(ascii: "\"") }
    static var backslash: UInt8 { UInt8(ascii: "\\") }
    static var comma: UInt8 { UInt8(ascii: ",") }
    static var colon: UInt8 { UInt8(ascii: ":") }
    static var openBrace: UInt8 { UInt8(ascii: "{") }
    static var closeBrace: UInt8 { UInt8(ascii: "}") }
    static var openBracket: UInt8 { UInt8(ascii: "[") }
    static var closeBracket: UInt8 { UInt8(ascii: "]") }

    var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }

    /// White space of JSON (RFC 8259, section 2).
    var isJSONSpace: Bool {
        self == .space || self == .lineFeed || self == .carriageReturn || self == .tab
    }
}

extension Span<UInt8> {
    /// Whether nothing is in it but white space of JSON.
    var isBlank: Bool {
        for index in 0..<count where !self[index].isJSONSpace { return false }
        return true
    }
}
