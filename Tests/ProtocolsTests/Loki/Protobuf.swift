// SPDX-License-Identifier: Apache-2.0

/// Writes messages of protobuf.
enum Protobuf {
    static func varint(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }

    static func field(_ number: UInt64, _ value: UInt64) -> [UInt8] {
        varint(number << 3) + varint(value)
    }

    static func field(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
    }

    static func field(_ number: UInt64, _ text: String) -> [UInt8] {
        field(number, Array(text.utf8))
    }

    // The messages of a push.

    static func time(_ seconds: Int64, _ nanoseconds: Int64) -> [UInt8] {
        (seconds == 0 ? [] : field(1, UInt64(bitPattern: seconds)))
            + (nanoseconds == 0 ? [] : field(2, UInt64(bitPattern: nanoseconds)))
    }

    static func entry(
        _ time: (Int64, Int64), _ line: [UInt8], _ metadata: [(String, String)] = []
    ) -> [UInt8] {
        field(1, Self.time(time.0, time.1)) + field(2, line)
            + metadata.flatMap { field(3, field(1, $0.0) + field(2, $0.1)) }
    }

    static func stream(_ labels: String, _ entries: [[UInt8]]) -> [UInt8] {
        field(1, labels) + entries.flatMap { field(2, $0) }
    }

    static func push(_ streams: [[UInt8]]) -> [UInt8] { streams.flatMap { field(1, $0) } }
}
