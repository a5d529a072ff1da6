// SPDX-License-Identifier: Apache-2.0

/// The grammar of `Host` and of the authority in an absolute-form target.
enum Authority {
    /// Whether the octets are `uri-host [ ":" port ]` (RFC 9110, 7.2; RFC 3986, 3.2.2).
    ///
    /// User information is rejected (RFC 9110, 4.2.4), and so are zone identifiers. The grammar
    /// allows an empty host; for a target, the caller rejects it.
    static func isValid(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard let hostEnd = hostEnd(bytes, range) else { return false }
        return hostEnd == range.upperBound || isPort(bytes, hostEnd..<range.upperBound)
    }

    /// Whether the authority of an absolute-form target and a `Host` name the same host and port;
    /// the default port of the target's scheme may be left out (RFC 9110, 4.2.3).
    static func areSame(_ bytes: Span<UInt8>, target: Range<Int>, _ host: Range<Int>) -> Bool {
        if bytes.equalsIgnoringCase(target, host) { return true }
        // The authority follows `http://` or `https://`.
        let isSecure = bytes[target.lowerBound - 4] | 0x20 == UInt8(ascii: "s")
        let port: StaticString = isSecure ? ":443" : ":80"
        return bytes.equalsIgnoringCase(
            withoutPort(port, bytes, target), withoutPort(port, bytes, host))
    }

    private static func withoutPort(
        _ port: StaticString, _ bytes: Span<UInt8>, _ range: Range<Int>
    ) -> Range<Int> {
        var end = range.upperBound
        let start = end - port.utf8CodeUnitCount
        if start >= range.lowerBound, bytes.equals(start..<end, port) {
            end = start
        } else if end > range.lowerBound, bytes[end - 1] == UInt8(ascii: ":") {
            end -= 1
        }
        return range.lowerBound..<end
    }

    private static func hostEnd(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        if !range.isEmpty, bytes[range.lowerBound] == UInt8(ascii: "[") {
            return addressEnd(bytes, range)
        }
        var index = range.lowerBound
        while true {
            index = bytes.end(of: .registeredName, in: index..<range.upperBound)
            guard index < range.upperBound, bytes[index] == UInt8(ascii: "%") else { return index }
            guard index + 2 < range.upperBound, bytes[index + 1].hexadecimalValue != nil,
                bytes[index + 2].hexadecimalValue != nil
            else { return nil }
            index += 3
        }
    }

    /// The end of a bracketed address: this checks its characters and counts its colons, but does
    /// not parse it, because nothing here connects to it.
    private static func addressEnd(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        let start = range.lowerBound + 1
        let end = bytes.end(of: .ipv6, in: start..<range.upperBound)
        guard end < range.upperBound, bytes[end] == UInt8(ascii: "]"),
            let colon = bytes.first(of: UInt8(ascii: ":"), in: start..<end),
            bytes.first(of: UInt8(ascii: ":"), in: colon + 1..<end) != nil
        else { return nil }
        return end + 1
    }

    private static func isPort(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard bytes[range.lowerBound] == UInt8(ascii: ":") else { return false }
        var port = 0
        for index in range.dropFirst() {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return false }
            port = port * 10 + Int(digit)
            if port > 65_535 { return false }
        }
        return true
    }
}
