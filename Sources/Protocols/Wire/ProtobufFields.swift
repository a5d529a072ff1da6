// SPDX-License-Identifier: Apache-2.0

import Bytes

/// How the value of a protobuf field is encoded.
package enum ProtobufWireType: UInt8, Sendable {
    case varint = 0
    case fixed64 = 1
    /// Bytes, text or a message, behind their length.
    case length = 2
    case fixed32 = 5
}

/// Why bytes are not a protobuf message, or not one that is read.
///
/// `offset` is the place of the field in the bytes that were read.
package struct ProtobufError: Error, Equatable {
    package enum Reason: UInt8, Sendable {
        /// A varint has more than ten bytes, or a tag more than 32 bits.
        case longVarint
        /// The message ends within the field.
        case truncated
        /// The field's number is 0.
        case fieldNumber
        /// The field is a group, which no message of these protocols has, or of no known type.
        case wireType
        /// Messages are nested more deeply than the reader allows.
        case tooDeep
        /// It is larger than the reader allows.
        case tooLarge
    }

    package let reason: Reason
    package let offset: Int

    package init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}

/// The fields of one protobuf message, in the order in which they are sent.
///
/// It keeps offsets and no bytes, so that a reader can keep its place between visits. Each call is
/// given the same bytes, of which the message is a part. Source: protobuf.dev, *Encoding*.
///
///     var fields = ProtobufFields(in: 0..<bytes.count)
///     while try fields.next(in: bytes) {
///         switch (fields.number, fields.type) {
///         case (1, .length): name = fields.contents
///         default: unknown = fields.raw
///         }
///     }
package struct ProtobufFields: Sendable {
    /// The number of the field, 1 to 2^29 - 1.
    package private(set) var number: UInt32 = 0
    package private(set) var type = ProtobufWireType.varint
    /// The value of a varint, fixed64 or fixed32; the number of bytes of `.length`.
    package private(set) var value: UInt64 = 0
    /// Where the field begins, with its tag.
    package private(set) var start: Int
    /// Where the field ends, and the next one begins.
    package private(set) var end: Int
    private let messageEnd: Int

    /// The fields of the message at `range`.
    package init(in range: Range<Int>) {
        start = range.lowerBound
        end = range.lowerBound
        messageEnd = range.upperBound
    }

    /// Where the bytes of a `.length` field are.
    package var contents: Range<Int> {
        @inline(__always) get { end &- Int(truncatingIfNeeded: value)..<end }
    }

    /// Where the field is, with its tag.
    package var raw: Range<Int> { start..<end }

    /// The 32 low bits of the value, as an `int32`, `uint32` or enum is read.
    package var value32: UInt32 { UInt32(truncatingIfNeeded: value) }

    /// Reads the next field; false at the end of the message.
    @inline(__always)
    package mutating func next(in bytes: Span<UInt8>) throws(ProtobufError) -> Bool {
        start = end
        guard end < messageEnd else { return false }
        let tag = try varint(in: bytes)
        guard tag <= UInt64(UInt32.max) else { throw ProtobufError(.longVarint, at: start) }
        number = UInt32(truncatingIfNeeded: tag &>> 3)
        guard number > 0 else { throw ProtobufError(.fieldNumber, at: start) }
        guard let type = ProtobufWireType(rawValue: UInt8(truncatingIfNeeded: tag & 7)) else {
            throw ProtobufError(.wireType, at: start)
        }
        self.type = type
        switch type {
        case .varint: value = try varint(in: bytes)
        case .fixed64: value = try fixed(8, in: bytes)
        case .fixed32: value = try fixed(4, in: bytes)
        case .length:
            value = try varint(in: bytes)
            guard value <= UInt64(messageEnd &- end) else {
                throw ProtobufError(.truncated, at: start)
            }
            end = end &+ Int(truncatingIfNeeded: value)
        }
        return true
    }

    @inline(__always)
    private mutating func varint(in bytes: Span<UInt8>) throws(ProtobufError) -> UInt64 {
        guard end < messageEnd else { throw ProtobufError(.truncated, at: start) }
        let first = bytes[end]
        end = end &+ 1
        if first < 0x80 { return UInt64(first) }
        return try longVarint(UInt64(first & 0x7F), in: bytes)
    }

    /// Bits above the 64th are dropped, as all decoders do.
    private mutating func longVarint(
        _ first: UInt64, in bytes: Span<UInt8>
    ) throws(ProtobufError) -> UInt64 {
        var result = first
        for shift in stride(from: UInt64(7), through: 63, by: 7) {
            guard end < messageEnd else { throw ProtobufError(.truncated, at: start) }
            let byte = bytes[end]
            end = end &+ 1
            result |= UInt64(byte & 0x7F) &<< shift
            if byte < 0x80 { return result }
        }
        throw ProtobufError(.longVarint, at: start)
    }

    @inline(__always)
    private mutating func fixed(
        _ count: Int, in bytes: Span<UInt8>
    ) throws(ProtobufError) -> UInt64 {
        guard messageEnd &- end >= count else { throw ProtobufError(.truncated, at: start) }
        var result: UInt64 = 0
        for place in 0..<count {
            result |= UInt64(bytes[end &+ place]) &<< UInt64(8 &* place)
        }
        end = end &+ count
        return result
    }
}

extension ProtobufFields {
    /// The contents of all fields of this number at `range`, one behind the other.
    ///
    /// A message that is sent in several fields is what these bytes stand for: repeated fields go on,
    /// and of others the last counts.
    package static func merge(
        _ number: UInt32, in range: Range<Int>, of bytes: Span<UInt8>
    ) throws(ProtobufError) -> ByteBuffer {
        var merged = ByteBuffer(capacity: range.count)
        var fields = ProtobufFields(in: range)
        while try fields.next(in: bytes) {
            if fields.number == number, fields.type == .length {
                merged.append(bytes.extracting(fields.contents))
            }
        }
        return merged
    }
}
