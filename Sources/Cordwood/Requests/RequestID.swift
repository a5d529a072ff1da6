import Bytes

/// Makes identifiers for requests that bring none: 16 hexadecimal digits, which do not repeat in
/// a process and hardly ever in a fleet.
struct RequestIDs {
    private var state: UInt64

    init() { state = .random(in: .min ... .max) }

    /// Appends the next one.
    mutating func appendNext(to buffer: inout ByteBuffer) {
        // splitmix64: a counter, mixed so that neighbours look nothing alike.
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        mixed ^= mixed >> 31
        for _ in 0..<16 {
            let digit = UInt8(mixed >> 60)
            buffer.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            mixed <<= 4
        }
    }
}
