// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Protocols

struct ProtobufFieldsTests {
    /// A field as the tests compare it.
    struct Field: Equatable, CustomStringConvertible {
        var number: UInt32
        var type: ProtobufWireType
        var value: UInt64
        var contents: [UInt8]
        var raw: Range<Int>

        init(_ number: UInt32, _ type: ProtobufWireType, _ value: UInt64, _ raw: Range<Int>) {
            self.init(number, type, value, [], raw)
        }

        init(
            _ number: UInt32, _ type: ProtobufWireType, _ value: UInt64, _ contents: [UInt8],
            _ raw: Range<Int>
        ) {
            (self.number, self.type, self.value) = (number, type, value)
            (self.contents, self.raw) = (contents, raw)
        }

        var description: String { "\(number) \(type) \(value) \(contents) \(raw)" }
    }

    private func fields(of message: [UInt8], in range: Range<Int>) throws(ProtobufError) -> [Field]
    {
        var result: [Field] = []
        var fields = ProtobufFields(in: range)
        while try fields.next(in: message.span) {
            let contents = fields.type == .length ? Array(message[fields.contents]) : []
            result.append(
                Field(fields.number, fields.type, fields.value, contents, fields.raw))
        }
        return result
    }

    @Test(
        arguments: [
            ([], []), ([0x08, 0x00], [Field(1, .varint, 0, 0..<2)]),
            ([0x08, 0x96, 0x01], [Field(1, .varint, 150, 0..<3)]),
            (
                [0x08, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
                [Field(1, .varint, .max, 0..<11)]
            ),
            // Bits above the 64th are dropped.
            (
                [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x7F],
                [Field(1, .varint, 1 << 63, 0..<11)]
            ),
            ([0x0D, 1, 2, 3, 4], [Field(1, .fixed32, 0x0403_0201, 0..<5)]),
            ([0x09, 1, 2, 3, 4, 5, 6, 7, 8], [Field(1, .fixed64, 0x0807_0605_0403_0201, 0..<9)]),
            ([0x12, 2, 0x61, 0x62], [Field(2, .length, 2, [0x61, 0x62], 0..<4)]),
            ([0x12, 0x80, 0x00], [Field(2, .length, 0, [], 0..<3)]),
            (
                [0xF8, 0xFF, 0xFF, 0xFF, 0x0F, 7], [Field(536_870_911, .varint, 7, 0..<6)]
            ),
            (
                [0x10, 1, 0x0A, 0, 0x10, 2],
                [
                    Field(2, .varint, 1, 0..<2), Field(1, .length, 0, [], 2..<4),
                    Field(2, .varint, 2, 4..<6),
                ]
            ),
        ] as [([UInt8], [Field])])
    func `the fields of a message are read in order`(message: [UInt8], expected: [Field]) throws {
        #expect(try fields(of: message, in: 0..<message.count) == expected)
    }

    @Test(
        arguments: [
            ([0x08], .truncated, 0), ([0x08, 0x80], .truncated, 0), ([0x80], .truncated, 0),
            ([0x10, 1, 0x09, 1, 2, 3, 4, 5, 6, 7], .truncated, 2),
            ([0x0D, 1, 2, 3], .truncated, 0), ([0x12, 3, 0x61, 0x62], .truncated, 0),
            // A length of 2^64 - 1.
            (
                [0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01, 0x61],
                .truncated, 0
            ),
            (
                [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
                .longVarint, 0
            ),
            ([0x80, 0x80, 0x80, 0x80, 0x10, 0], .longVarint, 0),
            ([0x00, 0], .fieldNumber, 0), ([0x07, 0], .fieldNumber, 0),
            ([0x0B, 0x0C], .wireType, 0), ([0x0C], .wireType, 0), ([0x0E], .wireType, 0),
            ([0x0F], .wireType, 0),
        ] as [([UInt8], ProtobufError.Reason, Int)])
    func `a malformed field is an error at its place`(
        message: [UInt8], reason: ProtobufError.Reason, offset: Int
    ) {
        #expect(throws: ProtobufError(reason, at: offset)) {
            try fields(of: message, in: 0..<message.count)
        }
    }

    /// Every message ends where its parent says, though more bytes follow.
    @Test(arguments: [
        [0x08, 0x96, 0x01], [0x09, 1, 2, 3, 4, 5, 6, 7, 8], [0x0D, 1, 2, 3, 4], [0x12, 1, 0x61],
        [0xF8, 0xFF, 0xFF, 0xFF, 0x0F, 7],
    ])
    func `no field reaches beyond its message`(field: [UInt8]) {
        for end in 1..<field.count {
            #expect(throws: ProtobufError(.truncated, at: 0)) {
                try fields(of: field, in: 0..<end)
            }
        }
    }

    /// A reader keeps its place as a value, and goes on later.
    @Test
    func `a copy of the fields goes on where it was made`() throws {
        let message: [UInt8] = [0x08, 1, 0x10, 2, 0x18, 3]
        var fields = ProtobufFields(in: 0..<6)
        #expect(try fields.next(in: message.span))
        var later = fields
        while try fields.next(in: message.span) {}
        #expect(try later.next(in: message.span))
        #expect(later.number == 2 && later.value == 2)
    }
}
