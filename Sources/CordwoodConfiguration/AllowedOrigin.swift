// SPDX-License-Identifier: Apache-2.0

import Bytes

/// An origin whose pages may read the answers.
package enum AllowedOrigin: Sendable, Equatable, CustomStringConvertible {
    case any
    /// As a browser writes it in `Origin`.
    case origin(String)

    /// Reads `*` or an origin as browsers write it (RFC 6454, 6.2).
    ///
    /// Any other spelling is rejected, because it would never equal the origin of a request.
    package init?(_ text: String) {
        if text == "*" {
            self = .any
        } else if Self.isOrigin(text.utf8.span) {
            self = .origin(text)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .any: "*"
        case .origin(let text): text
        }
    }

    private static func isOrigin(_ bytes: Span<UInt8>) -> Bool {
        var position = 0
        func end(from start: Int, while isPart: (UInt8) -> Bool) -> Int {
            var end = start
            while end < bytes.count, isPart(bytes[end]) { end += 1 }
            return end
        }
        // RFC 3986, 3.1.
        let schemeEnd = end(from: 0) { $0.isLetter || $0.isDigit || $0.isOne(of: "+-.") }
        let separator: StaticString = "://"
        position = schemeEnd + separator.utf8CodeUnitCount
        guard schemeEnd > 0, bytes[0].isLetter, position < bytes.count,
            bytes.extracting(schemeEnd..<position).equals(separator)
        else { return false }
        let hostStart = position
        if bytes[hostStart] == UInt8(ascii: "[") {
            position = end(from: hostStart + 1) { $0.isDigit || $0.isOne(of: "abcdef:.") }
            guard position > hostStart + 1, position < bytes.count,
                bytes[position] == UInt8(ascii: "]")
            else { return false }
            position += 1
        } else {
            position = end(from: hostStart) { $0.isLetter || $0.isDigit || $0.isOne(of: "-._") }
            guard position > hostStart else { return false }
        }
        if position == bytes.count { return true }
        guard bytes[position] == UInt8(ascii: ":") else { return false }
        return isPort(
            bytes.extracting((position + 1)...), ofScheme: bytes.extracting(..<schemeEnd))
    }

    /// Whether it is a valid port, without leading zeros, that is not the default of the scheme.
    private static func isPort(_ digits: Span<UInt8>, ofScheme scheme: Span<UInt8>) -> Bool {
        guard 1...5 ~= digits.count, digits[0] != UInt8(ascii: "0") else { return false }
        var port = 0
        for index in 0..<digits.count {
            guard digits[index].isDigit else { return false }
            port = port * 10 + Int(digits[index] - UInt8(ascii: "0"))
        }
        if scheme.equals("http") || scheme.equals("ws") { return port <= 65_535 && port != 80 }
        if scheme.equals("https") || scheme.equals("wss") { return port <= 65_535 && port != 443 }
        return port <= 65_535
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool { UInt8(ascii: "a")...UInt8(ascii: "z") ~= self }
    fileprivate var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }
    fileprivate func isOne(of bytes: String) -> Bool { bytes.utf8.contains(self) }
}
