// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP

/// A query, split and decoded, compared with a simple reading of it (URL Standard, 5.1).
func checkQueries(_ input: [UInt8]) throws(Violation) {
    try withExactCopy(of: input[...]) { bytes throws(Violation) in
        var parameters = QueryParameters(0..<bytes.count)
        var found: [[UInt8]] = []
        var end = 0
        while let parameter = parameters.next(in: bytes) {
            let (name, value) = (parameter.name, parameter.value)
            try require(name.lowerBound >= end && name.upperBound <= value.lowerBound, "order")
            try require(value.upperBound <= bytes.count, "outside of the query")
            end = value.upperBound
            found.append(Array(input[name.lowerBound..<value.upperBound]))
            try checkDecoding(name, of: bytes, input)
            try checkDecoding(value, of: bytes, input)
        }
        try require(found == input.split(separator: UInt8(ascii: "&")).map(Array.init), "pieces")
    }
}

private func checkDecoding(
    _ range: Range<Int>, of bytes: Span<UInt8>, _ input: [UInt8]
) throws(Violation) {
    let expected = decoding(input[range])
    var decoded: [UInt8] = []
    var index = range.lowerBound
    while index < range.upperBound {
        decoded.append(bytes.formByte(at: &index, before: range.upperBound))
    }
    try require(decoded == expected, "decoded otherwise")
    let matches = QueryParameters.matches(range, of: bytes, "ack")
    try require(matches == (expected == Array("ack".utf8)), "matched otherwise")
}

/// The octets that `encoded` represents.
private func decoding(_ encoded: ArraySlice<UInt8>) -> [UInt8] {
    var octets: [UInt8] = []
    var rest = encoded
    while let byte = rest.popFirst() {
        let digits = rest.prefix(2).map { Character(Unicode.Scalar($0)) }
        if byte == UInt8(ascii: "%"), digits.count == 2,
            digits.allSatisfy({ $0.isASCII && $0.isHexDigit }),
            let octet = UInt8(String(digits), radix: 16)
        {
            octets.append(octet)
            rest = rest.dropFirst(2)
        } else {
            octets.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
        }
    }
    return octets
}
