import Bytes

/// Makes identifiers for requests without one: 16 hexadecimal digits, which do not repeat in a
/// process and hardly ever in a fleet.
struct RequestIDs {
    // A mixed counter: consecutive values look unrelated, and none repeats.
    private var numbers = SplitMix64(state: .random(in: .min ... .max))

    /// Appends the next one.
    mutating func appendNext(to buffer: inout ByteBuffer) {
        var number = numbers.next()
        for _ in 0..<16 {
            let digit = UInt8(number >> 60)
            buffer.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            number <<= 4
        }
    }
}
