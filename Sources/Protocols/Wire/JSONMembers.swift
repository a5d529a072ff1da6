// SPDX-License-Identifier: Apache-2.0

import Bytes

extension ByteBuffer {
    /// Appends text as a JSON string, or as `{"base64":"…"}` if it is not UTF-8.
    package mutating func append(jsonText text: Span<UInt8>) {
        append(UInt8(ascii: "\""))
        if append(jsonEscapingUTF8: text) { return append(UInt8(ascii: "\"")) }
        truncate(to: count - 1)
        append(jsonBase64: text)
    }

    /// The same for the text of another buffer, which is borrowed whole.
    package mutating func append(jsonText text: borrowing ByteBuffer) {
        append(jsonText: text.span)
    }

    /// Appends bytes as `{"base64":"…"}`.
    package mutating func append(jsonBase64 bytes: Span<UInt8>) {
        append("{\"base64\":\"")
        append(base64: bytes)
        append("\"}")
    }

    /// Appends the name of a member, with its quotes and the colon.
    ///
    /// A name has to be a string, so that of bytes that are not UTF-8 is `base64:` and their Base64.
    package mutating func append(jsonName name: Span<UInt8>) {
        append(UInt8(ascii: "\""))
        if !append(jsonEscapingUTF8: name) {
            append("base64:")
            append(base64: name)
        }
        append("\":")
    }

    /// Appends bytes in lower-case hexadecimal digits.
    package mutating func append(hexadecimal bytes: Span<UInt8>) {
        appendUninitialized(capacity: 2 * bytes.count) { room in
            for index in 0..<bytes.count {
                room[2 &* index] = Self.digit(bytes[index] &>> 4)
                room[2 &* index &+ 1] = Self.digit(bytes[index] & 0xF)
            }
            return 2 * bytes.count
        }
    }

    @inline(__always)
    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") &+ value : UInt8(ascii: "a") &+ value &- 10
    }
}
