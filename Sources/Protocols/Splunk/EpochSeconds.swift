// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Seconds since 1970-01-01T00:00:00Z as decimal digits, such as `1795888808.123456`.
struct EpochSeconds: Equatable {
    let seconds: Int64
    let nanoseconds: UInt32
    /// How many digits of the fraction were sent, at most 9.
    let fractionDigits: Int
    /// Whether there are no further digits than these, or only zeros.
    let isExact: Bool

    var isZero: Bool { seconds == 0 && nanoseconds == 0 }

    /// Reads digits with or without a fraction; nil for anything else, such as a sign or an
    /// exponent.
    init?(_ text: Span<UInt8>) {
        var index = 0
        var seconds: Int64 = 0
        while index < text.count, text[index].isDigit {
            // Far beyond the year 9999, and no overflow.
            guard index < 15 else { return nil }
            seconds = seconds &* 10 &+ Int64(text[index] &- UInt8(ascii: "0"))
            index &+= 1
        }
        guard index > 0 else { return nil }
        var fraction: UInt32 = 0
        var digits = 0
        var isExact = true
        if index < text.count {
            guard text[index] == UInt8(ascii: "."), index &+ 1 < text.count else { return nil }
            index &+= 1
            while index < text.count, text[index].isDigit {
                let digit = UInt32(text[index] &- UInt8(ascii: "0"))
                if digits < 9 {
                    fraction = fraction &* 10 &+ digit
                    digits &+= 1
                } else if digit > 0 {
                    isExact = false
                }
                index &+= 1
            }
            guard index == text.count else { return nil }
        }
        self.seconds = seconds
        fractionDigits = digits
        for _ in digits..<9 { fraction = fraction &* 10 }
        nanoseconds = fraction
        self.isExact = isExact
    }
}
