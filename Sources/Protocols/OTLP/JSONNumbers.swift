// SPDX-License-Identifier: Apache-2.0

import Bytes

extension Span<UInt8> {
    /// The number that these digits are, which may have a sign; nil if it has not 64 bits.
    var integer: Int64? {
        let isNegative = count > 0 && self[0] == UInt8(ascii: "-")
        let first = isNegative ? 1 : 0
        guard count > first, count <= 20 else { return nil }
        // Negative, because that range is the larger.
        var result: Int64 = 0
        for index in first..<count {
            let digit = self[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            let (product, overflows) = result.multipliedReportingOverflow(by: 10)
            let (difference, isOver) = product.subtractingReportingOverflow(Int64(digit))
            guard !overflows, !isOver else { return nil }
            result = difference
        }
        if isNegative { return result }
        return result == .min ? nil : -result
    }

    /// The double that is nearest to this number; nil if there is none.
    ///
    /// - Parameter isString: whether it may be one of the strings that protobuf's JSON has for what is
    ///   no number, and may be anything.
    func double(isString: Bool) -> Double? {
        if let exact = exactDouble { return exact }
        if isString {
            if equals("NaN") { return .nan }
            if equals("Infinity") { return .infinity }
            if equals("-Infinity") { return -.infinity }
        }
        for index in 0..<count {
            switch self[index] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "+"), UInt8(ascii: "e"), UInt8(ascii: "E"):
                continue
            default: return nil
            }
        }
        let text = withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        // A number that is too large for a double stays as it came.
        guard let value = Double(text), value.isFinite else { return nil }
        return value
    }

    /// The value of a short decimal number, for which one operation on doubles is exact (Clinger,
    /// *How to Read Floating Point Numbers Accurately*, 1990).
    private var exactDouble: Double? {
        var index = 0
        let isNegative = count > 0 && self[0] == UInt8(ascii: "-")
        if isNegative { index = 1 }
        var digits: UInt64 = 0
        var digitCount = 0
        var scale = 0
        var hasPoint = false
        while index < count {
            let byte = self[index]
            if byte == UInt8(ascii: "."), !hasPoint, digitCount > 0 {
                hasPoint = true
            } else {
                let digit = byte &- UInt8(ascii: "0")
                guard digit < 10 else { return nil }
                digits = digits * 10 + UInt64(digit)
                digitCount += 1
                if hasPoint { scale += 1 }
            }
            index += 1
            // 10^15 is below 2^53.
            guard digitCount <= 15 else { return nil }
        }
        guard digitCount > 0, !hasPoint || scale > 0 else { return nil }
        let magnitude = Double(digits) / powersOfTen[scale]
        return isNegative ? -magnitude : magnitude
    }
}

/// Powers that a double represents exactly.
private let powersOfTen: [16 of Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
]
