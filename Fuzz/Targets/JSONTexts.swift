// SPDX-License-Identifier: Apache-2.0

import Bytes
import Protocols

/// A text that is JSON or not, read at once and member by member.
func checkJSON(_ input: [UInt8]) throws(Violation) {
    let whole = withExactCopy(of: input[...]) { text in value(of: text) }
    let isJSON = JSONGrammar.isValue(input[...])
    // The grammar knows no limits.
    try require(whole == nil || isJSON, "accepted")
    try require(whole != nil || !isJSON || isOverLimits(input), "rejected")
    let members = withExactCopy(of: input[...]) { text in
        var json = JSONScanner(text)
        return read(&json) && json.isAtEnd()
    }
    try require(members == (whole != nil), "\(members) member by member")
}

/// The value that the text is, without line breaks between its tokens.
private func value(of text: Span<UInt8>) -> [UInt8]? {
    var json = JSONScanner(text)
    guard let value = try? json.skipValue(), json.isAtEnd() else { return nil }
    var copy = ByteBuffer()
    json.append(value, to: &copy)
    return copy.copy
}

private func isOverLimits(_ text: [UInt8]) -> Bool {
    text.count { $0 == UInt8(ascii: "[") || $0 == UInt8(ascii: "{") } > 64 || text.count > 4096
}

/// Reads a value with the calls for objects, arrays and their members.
private func read(_ json: inout JSONScanner) -> Bool {
    do throws(JSONMistake) {
        switch json.peek() {
        case UInt8(ascii: "{"):
            var more = try json.openObject()
            while more {
                let key = try json.readKey()
                var text = ByteBuffer()
                json.append(textOf: key, to: &text)
                guard read(&json) else { return false }
                more = try json.continueObject()
            }
        case UInt8(ascii: "["):
            var more = try json.openArray()
            while more {
                guard read(&json) else { return false }
                more = try json.continueArray()
            }
        case UInt8(ascii: "\""): _ = try json.readString()
        case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"): _ = try json.skipValue()
        default: _ = try json.readNumber()
        }
        return true
    } catch {
        return false
    }
}
