// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Makes identifiers for requests without one: 16 hexadecimal digits, which do not repeat in a
/// process and hardly ever in a fleet.
struct RequestIDs {
    // A mixed counter: consecutive values look unrelated, and none repeats.
    private var numbers = SplitMix64(state: .random(in: .min ... .max))

    private static var digitCount: Int { 16 }

    /// Appends the next one.
    mutating func appendNext(to buffer: inout ByteBuffer) {
        var number = numbers.next()
        buffer.appendUninitialized(capacity: Self.digitCount) { digits in
            for index in 0..<Self.digitCount {
                let digit = UInt8(number >> 60)
                digits[index] = (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10) + digit
                number <<= 4
            }
            return Self.digitCount
        }
    }
}
