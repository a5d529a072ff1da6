// SPDX-License-Identifier: Apache-2.0

import Bytes

extension ByteBuffer {
    /// Appends a number as protobuf's varint: seven bits a byte, the lowest first.
    package mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest &>>= 7
        }
        append(UInt8(truncatingIfNeeded: rest))
    }
}
