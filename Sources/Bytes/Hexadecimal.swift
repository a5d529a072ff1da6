// SPDX-License-Identifier: Apache-2.0

extension UInt8 {
    /// The value of a hexadecimal digit; nil for any other character.
    @inlinable package var hexadecimalValue: UInt8? {
        @inline(__always) get {
            let digit = self &- 0x30
            if digit < 10 { return digit }
            let letter = (self | 0x20) &- 0x61
            return letter < 6 ? letter &+ 10 : nil
        }
    }
}

extension Span<UInt8> {
    /// The byte that stands encoded at `index` in a form or a query (URL Standard, 1.3 and 5.1);
    /// `index` moves behind it.
    ///
    /// `+` is a space and `%xy` any byte. A `%` without two hexadecimal digits behind it stands for
    /// itself.
    @inlinable
    package func formByte(at index: inout Int, before end: Int) -> UInt8 {
        let byte = self[index]
        index += 1
        if byte == UInt8(ascii: "+") { return UInt8(ascii: " ") }
        guard byte == UInt8(ascii: "%"), index + 2 <= end,
            let high = self[index].hexadecimalValue, let low = self[index + 1].hexadecimalValue
        else { return byte }
        index += 2
        return high << 4 | low
    }
}
