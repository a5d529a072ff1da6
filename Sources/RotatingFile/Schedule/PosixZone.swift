// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The rules of a time zone as POSIX writes them in `TZ`, such as `CET-1CEST,M3.5.0,M10.5.0/3`
/// (tzset(3)): a name, hours to add for UTC, and what is different in summer.
struct PosixZone {
    private var rest: Substring.UTF8View

    /// Whether glibc understands `text`; it takes any other text for UTC.
    static func isValid(_ text: String) -> Bool {
        var zone = PosixZone(rest: text[...].utf8)
        return zone.skipAll()
    }

    private mutating func skipAll() -> Bool {
        guard skipName(), skipOffset(24) else { return false }
        if rest.isEmpty { return true }
        guard skipName() else { return false }
        if let next = rest.first, next != UInt8(ascii: ","), !skipOffset(24) { return false }
        if rest.isEmpty { return true }
        return skipRule() && skipRule() && rest.isEmpty
    }

    /// Three letters or more, or, between angle brackets, digits and signs too.
    private mutating func skipName() -> Bool {
        if skip("<") {
            let count = skipAll { Self.isLetter($0) || Self.isDigit($0) || $0 == 43 || $0 == 45 }
            return count >= 3 && skip(">")
        }
        return skipAll(Self.isLetter) >= 3
    }

    /// `[+-]hh[:mm[:ss]]`.
    private mutating func skipOffset(_ mostHours: Int) -> Bool {
        if !skip("+") { _ = skip("-") }
        guard skipNumber(0...mostHours) else { return false }
        for _ in 0..<2 where skip(":") {
            guard skipNumber(0...59) else { return false }
        }
        return true
    }

    /// `,Mm.w.d`, `,Jn` or `,n`, each perhaps with `/time`.
    private mutating func skipRule() -> Bool {
        guard skip(",") else { return false }
        let isDay: Bool
        if skip("M") {
            isDay =
                skipNumber(1...12) && skip(".") && skipNumber(1...5) && skip(".")
                && skipNumber(0...6)
        } else if skip("J") {
            isDay = skipNumber(1...365)
        } else {
            isDay = skipNumber(0...365)
        }
        return isDay && (skip("/") ? skipOffset(167) : true)
    }

    private mutating func skipNumber(_ range: ClosedRange<Int>) -> Bool {
        let digits = rest.prefix(while: Self.isDigit)
        rest = rest.dropFirst(digits.count)
        guard digits.count <= 3, let number = Int(Substring(digits)) else { return false }
        return range ~= number
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: character) else { return false }
        rest = rest.dropFirst()
        return true
    }

    private mutating func skipAll(_ isWanted: (UInt8) -> Bool) -> Int {
        let found = rest.prefix(while: isWanted)
        rest = rest.dropFirst(found.count)
        return found.count
    }

    private static func isLetter(_ byte: UInt8) -> Bool { 97...122 ~= byte | 0x20 }
    private static func isDigit(_ byte: UInt8) -> Bool { 48...57 ~= byte }
}
