// SPDX-License-Identifier: Apache-2.0

/// Whole numbers as people write them: digits and nothing else.
package enum WholeNumber {
    package static func read(_ text: Substring) -> Int? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int(text)
    }

    /// Splits `10s` into 10 and `s`.
    package static func readWithUnit(_ text: String) -> (number: Int, unit: Substring)? {
        let digits = text.prefix { $0.isASCII && $0.isWholeNumber }
        guard let number = read(digits) else { return nil }
        return (number, text[digits.endIndex...].drop { $0 == " " })
    }
}

/// Numbers of bytes: `1048576`, `64MB`, `32MiB`.
package enum ByteSize {
    private static let decimal = ["B": 1, "KB": 1000, "MB": 1_000_000, "GB": 1_000_000_000]
        .merging(["TB": 1_000_000_000_000]) { $1 }
    private static let binary =
        [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20)]
        + [("KiB", 1 << 10)]

    package static func read(_ text: String) -> Int? {
        guard let (number, unit) = WholeNumber.readWithUnit(text) else { return nil }
        let name = unit.uppercased()
        let bytes =
            name.isEmpty
            ? 1 : decimal[name] ?? binary.first { $0.0.uppercased() == name }?.1
        guard let bytes else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: bytes)
        return overflow ? nil : product
    }

    /// In the largest binary unit that divides it, so that reading it gives the same number.
    package static func text(_ bytes: Int) -> String {
        guard bytes > 0, let (name, size) = binary.first(where: { bytes % $0.1 == 0 })
        else { return "\(bytes)" }
        return "\(bytes / size)\(name)"
    }
}

/// Whole seconds: `10s`, `5m`, `1h`, `7d`.
package enum Seconds {
    private static let units = [("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)]

    package static func read(_ text: String) -> Int? {
        guard let (number, unit) = WholeNumber.readWithUnit(text),
            let seconds = units.first(where: { $0.0 == unit })?.1
        else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: seconds)
        return overflow ? nil : product
    }

    /// In the largest unit that divides it.
    package static func text(_ count: Int) -> String {
        guard count > 0, let (name, size) = units.first(where: { count % $0.1 == 0 })
        else { return "\(count)s" }
        return "\(count / size)\(name)"
    }
}
