// SPDX-License-Identifier: Apache-2.0

/// The value of one to eighteen ASCII digits; nil for anything else, signs included.
package func decimal(_ text: some Collection<UInt8>) -> Int? {
    guard 1...18 ~= text.count else { return nil }
    var value = 0
    for byte in text {
        guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
        value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return value
}

/// `value`, which is not negative, with zeros in front up to `width` digits.
package func padded(_ value: Int, to width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
