// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest

// message PushRequest   { repeated Stream streams = 1; string format = 2; }
// message Stream        { string labels = 1; repeated Entry entries = 2; uint64 hash = 3; }
// message Entry         { Timestamp timestamp = 1; string line = 2;
//                         repeated LabelPair structuredMetadata = 3; repeated LabelPair parsed = 4; }
// message LabelPair     { string name = 1; string value = 2; }
// message Timestamp     { int64 seconds = 1; int32 nanos = 2; }
//
// Source: grafana/loki, pkg/push/push.proto.

/// The place in a push of protobuf (`PushRequest`).
struct LokiProtobuf {
    private var streams: ProtobufFields
    /// The stream that is being read.
    private var entries: ProtobufFields?

    /// A push that begins with `body`; what is beside its streams goes to the context, because it may
    /// come behind them.
    init(_ body: Span<UInt8>, _ context: inout LokiContext) {
        streams = ProtobufFields(in: 0..<body.count)
        var fields = streams
        do throws(ProtobufError) {
            while try fields.next(in: body) {
                if fields.type == .length, fields.number == 1 { continue }
                if fields.type == .length, fields.number == 2 {
                    context.pushFormat.removeAll()
                    context.pushFormat.append("\"format\":")
                    context.pushFormat.append(jsonText: body.extracting(fields.contents))
                    context.pushFormat.append(",")
                } else {
                    context.pushExtra.append(unknown: fields, of: body, inside: nil)
                }
            }
        } catch {
            // It is found again when the reading comes there.
        }
    }

    private var place: Int { entries?.end ?? streams.end }

    /// Reads on.
    ///
    /// - Returns: whether all is read.
    mutating func readPart(
        _ body: Span<UInt8>, _ context: inout LokiContext, into sink: inout RecordSink
    ) throws(IngestError) -> Bool {
        let part = LokiPart(at: place, sink.line.count)
        repeat {
            if entries != nil {
                try readEntry(body, &context, into: &sink)
            } else if try !beginStream(body, &context, into: &sink) {
                return true
            }
        } while !part.isOver(at: place, sink.line.count)
        return false
    }

    /// Reads what a stream has besides its entries; false if there is no stream any more.
    private mutating func beginStream(
        _ body: Span<UInt8>, _ context: inout LokiContext, into sink: inout RecordSink
    ) throws(IngestError) -> Bool {
        do throws(ProtobufError) {
            guard try streams.next(in: body) else { return false }
        } catch {
            context.hasMistake = true
            let rest = streams.start..<body.count
            sink.reject(
                body.extracting(rest), .malformed, from: rest.lowerBound,
                mistakeAt: error.offset - rest.lowerBound)
            return false
        }
        guard streams.number == 1, streams.type == .length else { return true }
        context.beginStream()
        entries = ProtobufFields(in: streams.contents)
        var fields = ProtobufFields(in: streams.contents)
        do throws(ProtobufError) {
            while try fields.next(in: body) {
                switch (fields.number, fields.type) {
                case (2, .length): break
                case (1, .length): context.setLabels(body.extracting(fields.contents))
                case (3, .varint):
                    context.hash.removeAll()
                    context.hash.append("\"hash\":")
                    context.hash.append(unsigned: fields.value)
                    context.hash.append(",")
                default: context.streamExtra.append(unknown: fields, of: body, inside: nil)
                }
            }
        } catch {
            // It is found again behind the entries in front of it.
        }
        context.endStreamHead(
            pushExtra: "push_unknown_fields", streamExtra: "stream_unknown_fields")
        return true
    }

    private mutating func readEntry(
        _ body: Span<UInt8>, _ context: inout LokiContext, into sink: inout RecordSink
    ) throws(IngestError) {
        guard var fields = entries else { return }
        do throws(ProtobufError) {
            guard try fields.next(in: body) else {
                entries = nil
                return
            }
        } catch {
            context.hasMistake = true
            entries = nil
            let rest = fields.start..<streams.end
            sink.reject(
                body.extracting(rest), .malformed, from: rest.lowerBound,
                mistakeAt: error.offset - rest.lowerBound)
            return
        }
        entries = fields
        guard fields.number == 2, fields.type == .length else { return }
        let source = body.extracting(fields.contents)
        let place = fields.contents.lowerBound
        guard sink.hasRoom(for: source.count, context) else { throw .outOfMemory }
        sink.beginLine()
        let hasTime: Bool
        do throws(ProtobufError) {
            hasTime = try sink.line.append(entry: fields.contents, of: body, context)
        } catch {
            sink.dropLine()
            sink.reject(source, .malformed, from: place, mistakeAt: error.offset - place)
            return
        }
        try sink.endLine(of: source, from: place, hasTime: hasTime)
    }
}

extension ByteBuffer {
    /// Appends the members of the entry at `range`, and returns whether it has a time.
    fileprivate mutating func append(
        entry range: Range<Int>, of body: Span<UInt8>, _ context: borrowing LokiContext
    ) throws(ProtobufError) -> Bool {
        var time = (seconds: Int64(0), nanoseconds: Int64(0))
        var text = 0..<0
        var hasMetadata = false
        var hasParsed = false
        var hasUnknown = false
        var fields = ProtobufFields(in: range)
        while try fields.next(in: body) {
            guard fields.type == .length else {
                hasUnknown = true
                continue
            }
            switch fields.number {
            // A message that occurs twice is merged, so a second time keeps what it does not set.
            case 1: try Self.read(fields.contents, of: body, &time, &hasUnknown)
            case 2: text = fields.contents
            case 3: hasMetadata = true
            case 4: hasParsed = true
            default: hasUnknown = true
            }
        }
        let hasTime = append(lokiSeconds: time.seconds, nanoseconds: time.nanoseconds)
        append("\"message\":")
        append(jsonText: body.extracting(text))
        append(",")
        append(context.labels)
        if hasMetadata {
            append("\"metadata\":")
            try append(pairs: 3, of: range, in: body, &hasUnknown)
        }
        if hasParsed {
            append("\"parsed\":")
            try append(pairs: 4, of: range, in: body, &hasUnknown)
        }
        append(context.tail)
        if hasUnknown { try append(unknownOfEntry: range, in: body) }
        return hasTime
    }

    private static func read(
        _ range: Range<Int>, of body: Span<UInt8>,
        _ time: inout (seconds: Int64, nanoseconds: Int64),
        _ hasUnknown: inout Bool
    ) throws(ProtobufError) {
        var fields = ProtobufFields(in: range)
        while try fields.next(in: body) {
            switch (fields.number, fields.type) {
            case (1, .varint): time.seconds = Int64(bitPattern: fields.value)
            case (2, .varint): time.nanoseconds = Int64(Int32(bitPattern: fields.value32))
            default: hasUnknown = true
            }
        }
    }

    /// Appends the pairs of names and values in the fields `number` as an object and a comma.
    private mutating func append(
        pairs number: UInt32, of range: Range<Int>, in body: Span<UInt8>, _ hasUnknown: inout Bool
    ) throws(ProtobufError) {
        append("{")
        var fields = ProtobufFields(in: range)
        while try fields.next(in: body) {
            guard fields.number == number, fields.type == .length else { continue }
            var name = 0..<0
            var value = 0..<0
            var pair = ProtobufFields(in: fields.contents)
            while try pair.next(in: body) {
                switch (pair.number, pair.type) {
                case (1, .length): name = pair.contents
                case (2, .length): value = pair.contents
                default: hasUnknown = true
                }
            }
            append(jsonName: body.extracting(name))
            append(jsonText: body.extracting(value))
            append(",")
        }
        truncate(to: count - 1)
        append("},")
    }

    /// Appends `"unknown_fields":{"5":"…","3.7":"…"},`: each field in Base64 with its tag, under its
    /// number, behind that of the message in which it is.
    private mutating func append(
        unknownOfEntry range: Range<Int>, in body: Span<UInt8>
    ) throws(ProtobufError) {
        append("\"unknown_fields\":{")
        var fields = ProtobufFields(in: range)
        while try fields.next(in: body) {
            guard fields.type == .length, 1...4 ~= fields.number else {
                append(unknown: fields, of: body, inside: nil)
                continue
            }
            if fields.number == 2 { continue }
            let known: ProtobufWireType = fields.number == 1 ? .varint : .length
            var inner = ProtobufFields(in: fields.contents)
            while try inner.next(in: body) {
                if inner.type == known, 1...2 ~= inner.number { continue }
                append(unknown: inner, of: body, inside: fields.number)
            }
        }
        truncate(to: count - 1)
        append("},")
    }

    fileprivate mutating func append(
        unknown field: ProtobufFields, of body: Span<UInt8>, inside message: UInt32?
    ) {
        append("\"")
        if let message {
            append(decimal: Int(message))
            append(".")
        }
        append(decimal: Int(field.number))
        append("\":\"")
        append(base64: body.extracting(field.raw))
        append("\",")
    }

    fileprivate mutating func append(unsigned value: UInt64) {
        if value > UInt64(Int.max) { append(decimal: Int(value / 10)) }
        append(decimal: Int(value > UInt64(Int.max) ? value % 10 : value))
    }
}
