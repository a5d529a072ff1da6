// SPDX-License-Identifier: Apache-2.0

/// The parts of a request target (RFC 9112, 3.2).
struct RequestTarget {
    var path: Range<Int>
    var query: Range<Int>
    /// The authority of the absolute-form, else empty.
    var authority: Range<Int>

    init(
        _ bytes: Span<UInt8>, _ target: Range<Int>, method: Method
    ) throws(RequestError) {
        // RFC 9112, 3.2.3: the authority-form is only for CONNECT, which is only for proxies.
        if method == .connect { throw .tunnelRefused }
        authority = target.lowerBound..<target.lowerBound
        query = target.upperBound..<target.upperBound
        path = target
        if bytes[target.lowerBound] != UInt8(ascii: "/") {
            if bytes.equals(target, "*") {
                // RFC 9112, 3.2.4: the asterisk-form is only for OPTIONS.
                guard method == .options else { throw .invalidTarget }
                return
            }
            authority = try Self.authority(bytes, target)
            path = authority.upperBound..<target.upperBound
        }
        let start = path.lowerBound
        if let mark = try Self.check(bytes, path) {
            path = start..<mark
            query = mark + 1..<target.upperBound
        }
        if path.isEmpty {
            // `http://host?query`: an empty path is `/` (RFC 9110, 4.2.3), and `//` contains one.
            let slash = authority.lowerBound - 1
            path = slash..<slash + 1
        }
    }

    /// RFC 9112, 3.2.2: every server must accept the absolute-form.
    private static func authority(
        _ bytes: Span<UInt8>, _ target: Range<Int>
    ) throws(RequestError) -> Range<Int> {
        guard
            let rest = bytes.dropping("http://", from: target)
                ?? bytes.dropping("https://", from: target)
        else { throw .invalidTarget }
        let slash = bytes.first(of: UInt8(ascii: "/"), in: rest) ?? rest.upperBound
        let end = bytes.first(of: UInt8(ascii: "?"), in: rest.lowerBound..<slash) ?? slash
        let authority = rest.lowerBound..<end
        // RFC 9110, 4.2.1: a recipient must reject an empty host.
        guard !authority.isEmpty, bytes[authority.lowerBound] != UInt8(ascii: ":"),
            Authority.isValid(bytes, authority)
        else { throw .invalidTarget }
        return authority
    }

    /// Checks every octet and returns the position of the first `?`.
    @inline(__always)
    private static func check(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(RequestError) -> Int? {
        var mark: Int?
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = bytes[index]
            guard ByteSet.target.contains(byte) else { throw .invalidTarget }
            if byte == UInt8(ascii: "?"), mark == nil { mark = index }
            if byte == UInt8(ascii: "%") {
                guard index + 2 < range.upperBound, bytes[index + 1].hexadecimalValue != nil,
                    bytes[index + 2].hexadecimalValue != nil
                else { throw .invalidEscape }
            }
            index &+= 1
        }
        return mark
    }
}
