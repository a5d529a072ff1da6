// SPDX-License-Identifier: Apache-2.0

import Bytes
import Linux
import RotatingFile
import Streams

/// The written form of one kind of value: the rule in words, and conversion in both directions.
struct ValueFormat<Value: Sendable>: Sendable {
    /// Completes the sentence 'it must be …'.
    let allowed: String
    let schema: ValueSchema
    let read: @Sendable (String) -> Value?
    let write: @Sendable (Value) -> String
}

extension ValueFormat {
    /// The same format with words for 'no value'; the first of `words` is the one written.
    func or(_ words: [String], _ meaning: String) -> ValueFormat<Value?> {
        ValueFormat<Value?>(
            allowed: "\(allowed), or \(meaning)", schema: .any(of: [schema, .words(words)]),
            read: { text in words.contains(text) ? .some(nil) : read(text).map(Optional.some) },
            write: { value in value.map(write) ?? words[0] })
    }
}

extension ValueFormat where Value: FixedWidthInteger {
    static func number(_ range: ClosedRange<Int>) -> Self {
        Self(
            allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)",
            schema: .number(range),
            read: { WholeNumber.read($0[...]).flatMap { range.contains($0) ? Value($0) : nil } },
            write: { "\($0)" })
    }
}

extension ValueFormat where Value: FixedWidthInteger {
    /// A number of bytes.
    static func size(_ range: ClosedRange<Int>) -> Self {
        let (lower, upper) = (ByteSize.text(range.lowerBound), ByteSize.text(range.upperBound))
        return Self(
            allowed: "a size from \(lower) to \(upper)",
            schema: .size(range),
            read: { ByteSize.read($0).flatMap { range.contains($0) ? Value($0) : nil } },
            write: { ByteSize.text(Int($0)) })
    }

    /// A number of bytes, or a number without a unit that has a meaning of its own.
    static func size(_ range: ClosedRange<Int>, or other: (value: Value, meaning: String)) -> Self {
        let size = size(range)
        return Self(
            allowed: "\(size.allowed), or \(other.meaning)",
            schema: .any(of: [size.schema, .words(["\(other.value)"])]),
            read: { $0 == "\(other.value)" ? other.value : size.read($0) },
            write: { $0 == other.value ? "\($0)" : size.write($0) })
    }

    /// A number of seconds.
    static func duration(_ range: ClosedRange<Int>) -> Self {
        let lower = Seconds.text(range.lowerBound)
        let upper = Seconds.text(range.upperBound)
        return Self(
            allowed: "a duration from \(lower) to \(upper)",
            schema: .duration,
            read: { Seconds.read($0).flatMap { range.contains($0) ? Value($0) : nil } },
            write: { Seconds.text(Int($0)) })
    }
}

extension ValueFormat where Value == Bool {
    /// Accepts also the words of YAML 1.1, which many people still write.
    static var boolean: Self {
        Self(
            allowed: "true or false",
            schema: .boolean,
            read: { text in
                switch text.lowercased() {
                case "true", "yes", "on", "1": true
                case "false", "no", "off", "0": false
                default: nil
                }
            },
            write: { $0 ? "true" : "false" })
    }
}

extension ValueFormat where Value == Bool {
    /// Two words, of which the second one is true.
    static func either(_ no: String, _ yes: String) -> Self {
        Self(
            allowed: inWords([no, yes]), schema: .words([no, yes]),
            read: { [no: false, yes: true][$0] }, write: { $0 ? yes : no })
    }
}

extension ValueFormat where Value: CaseIterable & RawRepresentable<String> {
    static var choice: Self {
        Self(
            allowed: inWords(Value.allCases.map(\.rawValue)),
            schema: .words(Value.allCases.map(\.rawValue)),
            read: { Value(rawValue: $0) }, write: \.rawValue)
    }
}

extension ValueFormat where Value == String {
    static var path: Self {
        Self(
            allowed: "a path",
            schema: .text(pattern: ".+"),
            read: { $0.isEmpty || $0.utf8.contains(0) ? nil : $0 }, write: { $0 })
    }

    static var optionalPath: Self {
        Self(
            allowed: "a path, or empty for none",
            schema: .text(pattern: nil),
            read: { $0.utf8.contains(0) ? nil : $0 }, write: { $0 })
    }

    /// A user or a group; it is looked up only when it is needed.
    static var account: Self {
        Self(
            allowed: "a name or a number, or empty",
            schema: .any(of: [.text(pattern: "[^:]*"), .number(0...Int(UInt32.max))]),
            read: { text in
                text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: ":") }
                    ? text : nil
            },
            write: { $0 })
    }

    static var streamName: Self {
        Self(
            allowed: StreamName.allowed,
            schema: .text(pattern: "[a-z0-9][a-z0-9._-]{0,63}"),
            read: { StreamName.isValid($0.utf8.span) ? $0 : nil }, write: { $0 })
    }

    /// Three numbers, such as `8.19.0`.
    static var versionNumber: Self {
        Self(
            allowed: "three numbers with dots between them, such as 8.19.0",
            schema: .text(pattern: "[0-9]{1,3}[.][0-9]{1,3}[.][0-9]{1,3}"),
            read: { text in
                let numbers = text.split(separator: ".", omittingEmptySubsequences: false)
                let isVersion = numbers.allSatisfy { number in
                    1...3 ~= number.utf8.count && number.utf8.allSatisfy { 0x30...0x39 ~= $0 }
                }
                return isVersion && numbers.count == 3 ? text : nil
            },
            write: { $0 })
    }

    /// The beginning of a name that needs no escaping in JSON.
    static var memberPrefix: Self {
        Self(
            allowed: "at most 32 letters, digits, '_', '-', '.' and '@', or empty",
            schema: .text(pattern: "[A-Za-z0-9._@-]{0,32}"),
            read: { text in
                let isAllowed = text.utf8.allSatisfy { byte in
                    UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
                        || UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                        || "_-.@".utf8.contains(byte)
                }
                return isAllowed && text.utf8.count <= 32 ? text : nil
            },
            write: { $0 })
    }

    static var timeZone: Self {
        Self(
            allowed: "a time zone of this machine's tzdata such as Europe/Berlin, or empty for the"
                + " host's",
            schema: .text(pattern: nil),
            read: { $0.isEmpty || ZoneDatabase.contains($0) ? $0 : nil }, write: { $0 })
    }
}

extension ValueFormat where Value == StreamPattern {
    static var streamPattern: Self {
        Self(
            allowed: StreamPattern.allowed, schema: .text(pattern: "[a-z0-9.*_-]+"),
            read: { StreamPattern($0) }, write: \.description)
    }
}

extension ValueFormat where Value == UInt32 {
    /// Permission bits, which must include `required`: without them the owner has no access.
    static func mode(required: UInt32) -> Self {
        Self(
            allowed: "octal permission bits from \(octal(required)) to 0777 that include"
                + " \(octal(required))",
            schema: .mode,
            read: { text in
                let digits = text.hasPrefix("0o") ? text.dropFirst(2) : text[...]
                guard (3...4).contains(digits.utf8.count), let mode = UInt32(digits, radix: 8),
                    mode <= 0o777, mode & required == required
                else { return nil }
                return mode
            },
            write: octal)
    }
}

extension ValueFormat where Value == ListenAddress {
    static var endpoint: Self {
        Self(
            allowed: "address:port, [IPv6 address]:port, *:port, :port, port or unix:path, whose"
                + " path has at most \(SocketAddress.pathByteLimit) bytes",
            schema: .any(of: [.number(0...65_535), .text(pattern: "unix:.+|.*:[0-9]{1,5}")]),
            read: { ListenAddress($0) }, write: \.description)
    }
}

extension ValueFormat where Value == TrustedProxy {
    static var trustedProxy: Self {
        Self(
            allowed: "an address or a network without further bits such as 192.0.2.1 or"
                + " fd00::/8, or unix for all peers of a Unix socket",
            schema: .text(pattern: "unix|[0-9A-Fa-f:.]+(/[0-9]{1,3})?"),
            read: { TrustedProxy($0) }, write: \.description)
    }
}

extension ValueFormat where Value == AllowedOrigin {
    static var allowedOrigin: Self {
        Self(
            allowed: "an origin as browsers write it, scheme://host or scheme://host:port in small"
                + " letters, without a path and without the scheme's default port, or * for every"
                + " origin",
            schema: .text(pattern: "[*]|[a-z][a-z0-9+.-]*://[^/]+"),
            read: { AllowedOrigin($0) }, write: \.description)
    }
}

extension ValueFormat where Value == RotationSchedule.When {
    static var when: Self {
        Self(
            allowed: "S, M, H, D, MIDNIGHT or W0 to W6",
            schema: .text(pattern: "[SMHDsmhd]|[Mm][Ii][Dd][Nn][Ii][Gg][Hh][Tt]|[Ww][0-6]"),
            read: { RotationSchedule.When($0) }, write: \.description)
    }
}

extension ValueFormat where Value == TimeOfDay {
    static var timeOfDay: Self {
        Self(
            allowed: "a time HH:MM or HH:MM:SS",
            schema: .text(pattern: "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?"),
            read: { TimeOfDay(parsing: $0) },
            write: \.description)
    }
}

/// `a`, `a or b`, `a, b or c`.
private func inWords(_ words: [String]) -> String {
    guard words.count > 1, let last = words.last else { return words.joined() }
    return words.dropLast().joined(separator: ", ") + " or " + last
}

private func octal(_ mode: UInt32) -> String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}
