// SPDX-License-Identifier: Apache-2.0

import Bytes

/// What the fields of a `ResourceLogs` or `ScopeLogs` say besides its records.
private struct GroupFields {
    /// The resource or scope; where its first field begins, -1 if there is none.
    var subject = 0..<0
    var subjectStart = -1
    var isMerged = false
    var schemaURL = 0..<0
    var hasUnknown = false

    init(at range: Range<Int>, in bytes: Span<UInt8>) throws(ProtobufError) {
        var fields = ProtobufFields(in: range)
        while try fields.next(in: bytes) {
            switch (fields.number, fields.type) {
            case (2, .length): break
            case (1, .length):
                if subjectStart < 0 { subjectStart = fields.start } else { isMerged = true }
                subject = fields.contents
            case (3, .length): schemaURL = fields.contents
            default: hasUnknown = true
            }
        }
    }
}

extension OTLPGroup {
    /// Makes the resource's members from the `ResourceLogs` at `range`.
    ///
    /// - Parameters:
    ///   - limit: how many bytes of a resource are read.
    ///   - request: members for what the request has besides.
    /// - Throws: if its fields cannot be told apart. A resource that is malformed itself, or over the
    ///   limit, is kept as its bytes.
    mutating func makeResource(
        at range: Range<Int>, in bytes: Span<UInt8>, limit: Int, request: borrowing ByteBuffer
    ) throws(ProtobufError) {
        resource.removeAll()
        try resource.append(.resourceLogs, at: range, in: bytes, limit)
        resource.append(request)
    }

    /// Makes the scope's members from the `ScopeLogs` at `range`, likewise.
    mutating func makeScope(
        at range: Range<Int>, in bytes: Span<UInt8>, limit: Int
    ) throws(ProtobufError) {
        scope.removeAll()
        try scope.append(.scopeLogs, at: range, in: bytes, limit)
    }
}

extension ByteBuffer {
    /// Appends the resource or scope of the group at `range`, and the group's unknown fields.
    fileprivate mutating func append(
        _ group: OTLPMessage, at range: Range<Int>, in bytes: Span<UInt8>, _ limit: Int
    ) throws(ProtobufError) {
        let isResource = group == .resourceLogs
        let fields = try GroupFields(at: range, in: bytes)
        let start = count
        append(isResource ? "\"resource\":{" : "\"scope\":{")
        let empty = count
        do throws(ProtobufError) {
            try appendSubject(fields, isResource: isResource, of: range, in: bytes, limit)
        } catch {
            truncate(to: empty)
            append("\"base64\":\"")
            let merged = try ProtobufFields.merge(1, in: range, of: bytes)
            append(base64: merged.span)
            append("\",")
        }
        append(text: bytes.extracting(fields.schemaURL), "\"schema_url\":")
        if count == empty {
            truncate(to: start)
        } else {
            closeObject()
            append(",")
        }
        guard fields.hasUnknown else { return }
        append(isResource ? "\"resource_logs\":{" : "\"scope_logs\":{")
        try append(unknownFieldsOf: group, at: range, in: bytes)
        closeObject()
        append(",")
    }

    private mutating func appendSubject(
        _ group: GroupFields, isResource: Bool, of range: Range<Int>, in bytes: Span<UInt8>,
        _ limit: Int
    ) throws(ProtobufError) {
        guard group.subjectStart >= 0 else { return }
        guard !group.isMerged else {
            let merged = try ProtobufFields.merge(
                1, in: group.subjectStart..<range.upperBound, of: bytes)
            return try appendSubject(isResource, at: 0..<merged.count, in: merged.span, limit)
        }
        try appendSubject(isResource, at: group.subject, in: bytes, limit)
    }

    private mutating func appendSubject(
        _ isResource: Bool, at range: Range<Int>, in bytes: Span<UInt8>, _ limit: Int
    ) throws(ProtobufError) {
        guard range.count <= limit else { throw ProtobufError(.tooLarge, at: range.lowerBound) }
        if isResource {
            try append(resource: range, in: bytes)
        } else {
            try append(scope: range, in: bytes)
        }
    }

    /// Appends the members of the `Resource` at `range`.
    private mutating func append(
        resource range: Range<Int>, in bytes: Span<UInt8>
    ) throws(ProtobufError) {
        var fields = ProtobufFields(in: range)
        var dropped: UInt32 = 0
        var hasEntities = false
        var hasUnknown = false
        while try fields.next(in: bytes) {
            switch (fields.number, fields.type) {
            case (1, .length): break
            case (2, .varint): dropped = fields.value32
            case (3, .length): hasEntities = true
            default: hasUnknown = true
            }
        }
        try append(attributes: 1, at: range, in: bytes)
        append(number: Int(dropped), "\"dropped_attributes_count\":")
        if hasEntities { try append(entitiesOf: range, in: bytes) }
        if hasUnknown { try append(unknownFieldsOf: .resource, at: range, in: bytes) }
    }

    private mutating func append(
        entitiesOf range: Range<Int>, in bytes: Span<UInt8>
    ) throws(ProtobufError) {
        append("\"entity_refs\":[")
        var fields = ProtobufFields(in: range)
        while try fields.next(in: bytes) {
            guard fields.number == 3, fields.type == .length else { continue }
            try append(entity: fields.contents, in: bytes)
        }
        closeArray()
        append(",")
    }

    private mutating func append(
        entity range: Range<Int>, in bytes: Span<UInt8>
    ) throws(ProtobufError) {
        var fields = ProtobufFields(in: range)
        var schemaURL = 0..<0
        var type = 0..<0
        var hasUnknown = false
        while try fields.next(in: bytes) {
            switch (fields.number, fields.type) {
            case (1, .length): schemaURL = fields.contents
            case (2, .length): type = fields.contents
            case (3...4, .length): break
            default: hasUnknown = true
            }
        }
        append("{")
        append(text: bytes.extracting(schemaURL), "\"schema_url\":")
        append(text: bytes.extracting(type), "\"type\":")
        try append(keys: 3, "\"id_keys\":[", of: range, in: bytes)
        try append(keys: 4, "\"description_keys\":[", of: range, in: bytes)
        if hasUnknown { try append(unknownFieldsOf: .entityRef, at: range, in: bytes) }
        closeObject()
        append(",")
    }

    private mutating func append(
        keys number: UInt32, _ name: StaticString, of range: Range<Int>, in bytes: Span<UInt8>
    ) throws(ProtobufError) {
        let start = count
        append(name)
        let empty = count
        var fields = ProtobufFields(in: range)
        while try fields.next(in: bytes) {
            guard fields.number == number, fields.type == .length else { continue }
            append(jsonText: bytes.extracting(fields.contents))
            append(",")
        }
        if count == empty { return truncate(to: start) }
        closeArray()
        append(",")
    }

    /// Appends the members of the `InstrumentationScope` at `range`.
    private mutating func append(
        scope range: Range<Int>, in bytes: Span<UInt8>
    ) throws(ProtobufError) {
        var fields = ProtobufFields(in: range)
        var name = 0..<0
        var version = 0..<0
        var dropped: UInt32 = 0
        var hasUnknown = false
        while try fields.next(in: bytes) {
            switch (fields.number, fields.type) {
            case (1, .length): name = fields.contents
            case (2, .length): version = fields.contents
            case (3, .length): break
            case (4, .varint): dropped = fields.value32
            default: hasUnknown = true
            }
        }
        append(text: bytes.extracting(name), "\"name\":")
        append(text: bytes.extracting(version), "\"version\":")
        try append(attributes: 3, at: range, in: bytes)
        append(number: Int(dropped), "\"dropped_attributes_count\":")
        if hasUnknown { try append(unknownFieldsOf: .scope, at: range, in: bytes) }
    }
}
