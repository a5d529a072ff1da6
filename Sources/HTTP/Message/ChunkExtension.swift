// SPDX-License-Identifier: Apache-2.0

/// Checks chunk extensions octet by octet (RFC 9112, 7.1.1), and ignores their content.
///
/// `chunk-ext = *( BWS ";" BWS name [ BWS "=" BWS ( token / quoted-string ) ] )`
struct ChunkExtension: Sendable {
    private enum State {
        case expectsSemicolon, expectsName, name, afterName, expectsValue, value
        case quoted, escaped, afterQuoted
    }

    private var state = State.expectsSemicolon

    /// Whether the line may end here.
    ///
    /// It may not end after white space, which the grammar allows only before `;`, `=` and a value.
    var isComplete: Bool { state == .name || state == .value || state == .afterQuoted }

    mutating func accept(_ byte: UInt8) throws(RequestError) {
        guard let next = next(byte) else { throw .invalidChunkExtension }
        state = next
    }

    private func next(_ byte: UInt8) -> State? {
        let isToken = ByteSet.token.contains(byte)
        let isSemicolon = byte == UInt8(ascii: ";")
        switch state {
        case .expectsSemicolon:
            return byte.isWhitespace ? state : isSemicolon ? .expectsName : nil
        case .expectsName:
            return byte.isWhitespace ? state : isToken ? .name : nil
        case .name, .afterName:
            if isToken { return state == .name ? .name : nil }
            if byte == UInt8(ascii: "=") { return .expectsValue }
            return isSemicolon ? .expectsName : byte.isWhitespace ? .afterName : nil
        case .expectsValue:
            if byte == UInt8(ascii: "\"") { return .quoted }
            return byte.isWhitespace ? state : isToken ? .value : nil
        case .value, .afterQuoted:
            if isToken { return state == .value ? .value : nil }
            return isSemicolon ? .expectsName : byte.isWhitespace ? .expectsSemicolon : nil
        case .quoted:
            if byte == UInt8(ascii: "\"") { return .afterQuoted }
            return byte == UInt8(ascii: "\\") ? .escaped : Self.isText(byte) ? .quoted : nil
        case .escaped:
            return Self.isText(byte) ? .quoted : nil
        }
    }

    private static func isText(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "\t") || (byte >= 0x20 && byte != 0x7f)
    }
}
