// SPDX-License-Identifier: Apache-2.0

import Linux

/// A node of `Forwarded` (RFC 7239, 6), or an element of `X-Forwarded-For`.
enum ForwardedNode {
    /// Its address, without its port; nil for `unknown`, for obfuscated nodes and for anything
    /// else.
    ///
    /// - Parameter mayBeBare: whether an IPv6 address is accepted without its brackets.
    static func host(
        _ bytes: Span<UInt8>, _ range: Range<Int>, mayBeBare: Bool
    ) -> HostAddress? {
        guard !range.isEmpty else { return nil }
        if bytes[range.lowerBound] == UInt8(ascii: "[") {
            let inside = range.dropFirst()
            guard let end = bytes.first(of: UInt8(ascii: "]"), in: inside),
                bytes.first(of: UInt8(ascii: ":"), in: inside.lowerBound..<end) != nil,
                isPort(bytes, end + 1..<range.upperBound)
            else { return nil }
            return HostAddress(digits: bytes.extracting(inside.lowerBound..<end))
        }
        guard let colon = bytes.first(of: UInt8(ascii: ":"), in: range) else {
            return HostAddress(digits: bytes.extracting(range))
        }
        if bytes.first(of: UInt8(ascii: ":"), in: colon + 1..<range.upperBound) != nil {
            return mayBeBare ? HostAddress(digits: bytes.extracting(range)) : nil
        }
        guard isPort(bytes, colon..<range.upperBound) else { return nil }
        return HostAddress(digits: bytes.extracting(range.lowerBound..<colon))
    }

    /// Nothing, or a colon and a `node-port` (RFC 7239, 6): digits, or `_` and a word.
    private static func isPort(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        if range.isEmpty { return true }
        guard bytes[range.lowerBound] == UInt8(ascii: ":"), range.count >= 2 else { return false }
        let port = range.dropFirst()
        if bytes[port.lowerBound] == UInt8(ascii: "_") {
            return port.count >= 2 && bytes.end(of: .token, in: port) == port.upperBound
        }
        return bytes.isPortNumber(port)
    }
}

/// An element of `Forwarded` (RFC 7239, 4): `for=192.0.2.1;proto=https`.
enum ForwardedElement {
    /// The address in its `for`; nil when it has no `for` or several, or the element is malformed.
    static func host(_ bytes: Span<UInt8>, _ element: Range<Int>) -> HostAddress? {
        var host: HostAddress?
        var hasFor = false
        var start = element.lowerBound
        while start < element.upperBound {
            let rest = bytes.trimmingWhitespace(start..<element.upperBound)
            // The grammar allows an empty pair.
            if rest.isEmpty { break }
            if bytes[rest.lowerBound] == UInt8(ascii: ";") {
                start = rest.lowerBound + 1
                continue
            }
            let nameEnd = bytes.end(of: .token, in: rest)
            guard nameEnd > rest.lowerBound, nameEnd < rest.upperBound,
                bytes[nameEnd] == UInt8(ascii: "="),
                let value = value(bytes, nameEnd + 1..<rest.upperBound)
            else { return nil }
            if bytes.equalsIgnoringCase(rest.lowerBound..<nameEnd, "for") {
                // With a second one, it would be left to chance which of them is believed.
                if hasFor { return nil }
                hasFor = true
                host = ForwardedNode.host(bytes, value.content, mayBeBare: false)
            }
            let behind = bytes.trimmingWhitespace(value.end..<rest.upperBound)
            guard behind.isEmpty || bytes[behind.lowerBound] == UInt8(ascii: ";") else {
                return nil
            }
            start = behind.lowerBound
        }
        return host
    }

    /// A token, or a quoted string (RFC 9110, 5.6.4) with its backslashes, which no address has.
    private static func value(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) -> (content: Range<Int>, end: Int)? {
        guard !range.isEmpty, bytes[range.lowerBound] == UInt8(ascii: "\"") else {
            let end = bytes.end(of: .token, in: range)
            return end > range.lowerBound ? (range.lowerBound..<end, end) : nil
        }
        let start = range.lowerBound + 1
        var index = start
        while index < range.upperBound {
            switch bytes[index] {
            case UInt8(ascii: "\""): return (start..<index, index + 1)
            case UInt8(ascii: "\\"): index += 2
            default: index += 1
            }
        }
        return nil
    }
}
