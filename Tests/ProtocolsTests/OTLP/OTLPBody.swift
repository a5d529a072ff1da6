// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest

@testable import Protocols

/// What comes of an OTLP body.
struct OTLPOutcome: Equatable {
    var lines: [String]
    var rejected: [String]
    var isMalformed: Bool
    var reasons: [RejectionReason]

    /// Reads `body` whole, or as much as one visit reads at a time.
    init(
        _ body: [UInt8], _ format: BodyFormat, limits: IngestLimits = IngestLimits(),
        isPausing: Bool = false
    ) throws {
        var ingester = Ingester(limits: limits)
        let reader = OTLPReader(limits)
        let name = Array("app".utf8)
        ingester.begin(
            format: format, reader: reader, streamFormat: .json,
            context: RejectionContext(timeMilliseconds: 0, stream: name.span, peer: name.span))
        var source = ByteBuffer(capacity: body.count)
        source.append(body.span)
        var batch = ByteBuffer()
        var kept = ByteBuffer()
        var report: IngestReport?
        while report == nil {
            report = try ingester.proceed(
                source.span, into: &batch, rejected: &kept, until: isPausing ? 0 : .max)
        }
        var notes = ByteBuffer()
        reader.appendNotes(to: &notes)
        lines = Self.lines(String(batch))
        rejected = Self.lines(String(kept))
        isMalformed = OTLPNote(notes.span).contains(.isMalformed)
        let errors = report.map { report in
            (0..<report.errorCount).map { report.error(at: $0).reason }
        }
        reasons = errors ?? []
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init)
    }
}

/// A message of protobuf that is put together field by field.
struct Message {
    private(set) var bytes: [UInt8] = []

    init(_ fields: [UInt8]...) { bytes = fields.flatMap(\.self) }

    static func varint(_ value: UInt64) -> [UInt8] {
        var buffer = ByteBuffer()
        buffer.append(varint: value)
        return (0..<buffer.count).map { buffer.span[$0] }
    }

    static func varint(_ number: UInt64, _ value: UInt64) -> [UInt8] {
        varint(number << 3) + varint(value)
    }

    static func fixed64(_ number: UInt64, _ value: UInt64) -> [UInt8] {
        varint(number << 3 | 1) + (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func fixed32(_ number: UInt64, _ value: UInt32) -> [UInt8] {
        varint(number << 3 | 5) + (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func bytes(_ number: UInt64, _ bytes: [UInt8]) -> [UInt8] {
        varint(number << 3 | 2) + varint(UInt64(bytes.count)) + bytes
    }

    static func text(_ number: UInt64, _ text: String) -> [UInt8] {
        bytes(number, Array(text.utf8))
    }

    static func message(_ number: UInt64, _ fields: [UInt8]...) -> [UInt8] {
        bytes(number, fields.flatMap(\.self))
    }

    /// A request with these records in one scope of one resource.
    static func request(_ records: [UInt8]...) -> [UInt8] {
        bytes(1, bytes(2, records.flatMap { bytes(2, $0) }))
    }

    /// An attribute, in field 6 of a record, with a value that is such a field.
    static func attribute(_ key: String, _ value: [UInt8]) -> [UInt8] {
        message(6, text(1, key), bytes(2, value))
    }

    /// Text in lists, `depth` of them.
    static func nested(_ depth: Int) -> [UInt8] {
        (0..<depth).reduce(text(1, "deep")) { value, _ in
            message(6, message(1, text(1, "k"), bytes(2, value)))
        }
    }
}
