// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Bytes
import Glibc
import RotatingFile

/// A point in time on the command line: epoch seconds, or RFC 3339 such as
/// `2026-11-23T10:00:00+01:00`.
struct Instant: CustomStringConvertible {
    let epochSeconds: Int64

    static var now: Instant { Instant(epochSeconds: Int64(time(nil))) }

    init(epochSeconds: Int64) { self.epochSeconds = epochSeconds }

    init(parsing text: String) throws {
        guard let seconds = Int64(text) ?? Self.parse(rfc3339: Array(text.utf8)) else {
            throw ValidationError(
                "use epoch seconds, or RFC 3339 with an offset, such as 2026-11-23T10:00:00+01:00.")
        }
        epochSeconds = seconds
    }

    /// The help shows it as the default, and the default is now.
    var description: String { "now" }

    /// RFC 3339 section 5.6; a fraction of a second is cut off, a leap second is the second after
    /// it.
    private static func parse(rfc3339 text: [UInt8]) -> Int64? {
        let pattern = Array("0000-00-00T00:00:00".utf8)
        guard text.count > pattern.count else { return nil }
        for (byte, wanted) in zip(text, pattern) {
            let isDigit = UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
            let isSeparator = byte == wanted || (wanted == UInt8(ascii: "T") && byte | 0x20 == 0x74)
            guard wanted == UInt8(ascii: "0") ? isDigit : isSeparator else { return nil }
        }
        func number(_ range: Range<Int>) -> Int { decimal(text[range]) ?? 0 }
        var second = number(17..<19)
        let isLeapSecond = second == 60
        if isLeapSecond { second = 59 }
        let civil = CivilTime(
            year: number(0..<4), month: number(5..<7), day: number(8..<10),
            hour: number(11..<13), minute: number(14..<16), second: second)
        guard civil.exists, let offset = offset(in: text[pattern.count...]) else { return nil }
        return civil.reading + (isLeapSecond ? 1 : 0) - offset
    }

    /// Seconds ahead of UTC: `Z`, `+01:00` or `-03:30`, perhaps after a fraction.
    private static func offset(in text: ArraySlice<UInt8>) -> Int64? {
        var text = text
        if text.first == UInt8(ascii: ".") {
            let digits = text.dropFirst().prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
            guard !digits.isEmpty else { return nil }
            text = text[digits.endIndex...]
        }
        if text.count == 1, let zulu = text.first, zulu | 0x20 == UInt8(ascii: "z") { return 0 }
        guard text.count == 6, let sign = text.first,
            let time = TimeOfDay(parsing: String(decoding: text.dropFirst(), as: UTF8.self))
        else { return nil }
        switch sign {
        case UInt8(ascii: "+"): return time.secondsSinceMidnight
        case UInt8(ascii: "-"): return -time.secondsSinceMidnight
        default: return nil
        }
    }
}
