// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest

/// Reads an `ExportLogsServiceRequest` in JSON, record by record.
///
/// What all records of a group have in common may come behind them, as the URL of the schema does.
/// So the members of records are kept until their group ends, and then their lines are put together.
/// Reading can pause between any two members around records, and between any two lines.
struct JSONLogs: ~Copyable {
    private var stage = Stage.start
    private var offset = 0
    private var depth = 0
    /// Bytes of lines that were put together.
    private var written = 0
    private var hasGroups = false

    private var record = JSONRecord()
    private var resource = JSONSubject(isResource: true)
    private var scope = JSONSubject(isResource: false)
    /// The unknown members of the request.
    private var unknown = ByteBuffer()
    private var lines = PendingLines()

    /// What is next: a member of an object, an element of an array, or a line.
    private enum Stage {
        case start, requestMember, group, groupMember, scope, scopeMember, record
        /// The lines of a group, in front of the next group or at the end.
        case lines, lastLines
    }

    /// How far reading and writing have come, in bytes.
    var progress: Int { offset + written }

    var heldByteCount: Int {
        record.byteCount + resource.byteCount + scope.byteCount + lines.byteCount
    }

    mutating func begin() {
        stage = .start
        offset = 0
        depth = 0
        written = 0
        hasGroups = false
        unknown.removeAll()
        lines.removeAll()
    }

    mutating func shrink(to byteCount: Int) {
        record.shrink(to: byteCount)
        resource.shrink(to: byteCount)
        scope.shrink(to: byteCount)
        lines.shrink(to: byteCount)
        if unknown.capacity > byteCount { unknown = ByteBuffer() }
    }

    /// Reads the next member or record, or puts a line together.
    mutating func step(
        _ body: Span<UInt8>, into sink: inout RecordSink
    ) throws(IngestError) -> OTLPStep {
        if stage == .lines || stage == .lastLines {
            if try lines.writeNext(body, into: &sink, &written) { return .more }
            if stage == .lastLines { return .end }
            stage = .group
        }
        var json = JSONScanner(
            body, at: offset, depth: depth, depthLimit: OTLPLimits.jsonDepth)
        do throws(JSONMistake) {
            try read(&json, sink.limits)
        } catch {
            return .malformed(at: error.offset)
        }
        offset = json.offset
        depth = json.depth
        guard lines.contentByteCount <= sink.limits.batchByteCount else {
            throw .batchTooLarge(limit: sink.limits.batchByteCount)
        }
        return .more
    }

    private mutating func read(
        _ json: inout JSONScanner, _ limits: IngestLimits
    ) throws(JSONMistake) {
        switch stage {
        case .start:
            if json.text.count >= 3, json.text.extracting(..<3).equals("\u{FEFF}") {
                json = JSONScanner(json.text, at: 3, depthLimit: OTLPLimits.jsonDepth)
            }
            if try json.openObject() { return stage = .requestMember }
            hasGroups = true
            try end(&json)
        case .requestMember: try readRequestMember(&json)
        case .group:
            resource.removeAll()
            if try json.openObject() { stage = .groupMember } else { try endGroup(&json) }
        case .groupMember: try readGroupMember(&json, limits)
        case .scope:
            scope.removeAll()
            if try json.openObject() { stage = .scopeMember } else { try endScope(&json) }
        case .scopeMember: try readScopeMember(&json, limits)
        case .record:
            try readRecord(&json, limits)
            if try !json.continueArray() { try continueScope(&json) }
        case .lines, .lastLines: break
        }
    }

    // MARK: The request

    private mutating func readRequestMember(_ json: inout JSONScanner) throws(JSONMistake) {
        let key = try json.readKey()
        if json.isEqual(key, "resourceLogs", "resource_logs") {
            hasGroups = true
            if try !json.skipNull() {
                if try json.openArray() { return stage = .group }
            }
        } else {
            try json.readUnknown(key, into: &unknown)
        }
        try continueRequest(&json)
    }

    private mutating func continueRequest(_ json: inout JSONScanner) throws(JSONMistake) {
        if try json.continueObject() { stage = .requestMember } else { try end(&json) }
    }

    /// An object with other members alone is no export of logs; one without any is an empty one,
    /// because empty lists are left out.
    private mutating func end(_ json: inout JSONScanner) throws(JSONMistake) {
        guard hasGroups, json.isAtEnd() else { throw json.mistake() }
        if !unknown.isEmpty { lines.append(request: unknown) }
        stage = .lastLines
    }

    // MARK: Groups

    private mutating func readGroupMember(
        _ json: inout JSONScanner, _ limits: IngestLimits
    ) throws(JSONMistake) {
        let key = try json.readKey()
        if json.isEqual(key, "scopeLogs", "scope_logs") {
            if try !json.skipNull() {
                if try json.openArray() { return stage = .scope }
            }
        } else {
            try resource.readMember(&json, key, limit: limits.recordByteCount)
        }
        try continueGroup(&json)
    }

    private mutating func continueGroup(_ json: inout JSONScanner) throws(JSONMistake) {
        if try json.continueObject() { stage = .groupMember } else { try endGroup(&json) }
    }

    private mutating func endGroup(_ json: inout JSONScanner) throws(JSONMistake) {
        lines.append(resource: resource, from: json.text)
        if try json.continueArray() { stage = .lines } else { try continueRequest(&json) }
    }

    private mutating func readScopeMember(
        _ json: inout JSONScanner, _ limits: IngestLimits
    ) throws(JSONMistake) {
        let key = try json.readKey()
        if json.isEqual(key, "logRecords", "log_records") {
            if try !json.skipNull() {
                if try json.openArray() { return stage = .record }
            }
        } else {
            try scope.readMember(&json, key, limit: limits.recordByteCount)
        }
        try continueScope(&json)
    }

    private mutating func continueScope(_ json: inout JSONScanner) throws(JSONMistake) {
        if try json.continueObject() { stage = .scopeMember } else { try endScope(&json) }
    }

    private mutating func endScope(_ json: inout JSONScanner) throws(JSONMistake) {
        lines.append(scope, from: json.text)
        if try json.continueArray() { stage = .scope } else { try continueGroup(&json) }
    }

    // MARK: Records

    /// Reads a record; one that cannot be used is passed over.
    private mutating func readRecord(
        _ json: inout JSONScanner, _ limits: IngestLimits
    ) throws(JSONMistake) {
        let kind = json.peek()
        let start = json.offset
        // A record over the limit is not read to its end, where its length would show.
        let end = min(json.text.count - start, limits.recordByteCount) + start
        var within = JSONScanner(
            json.text.extracting(..<end), at: start, depth: json.depth,
            depthLimit: OTLPLimits.jsonDepth)
        do throws(JSONMistake) {
            guard kind == .openBrace else { throw JSONMistake(.notAnObject, at: start) }
            try record.read(&within)
            json = JSONScanner(
                json.text, at: within.offset, depth: json.depth, depthLimit: OTLPLimits.jsonDepth)
            lines.append(record, from: json.text, at: start..<json.offset)
        } catch {
            // If it is no JSON, neither is the body, which this finds.
            _ = try json.skipValue()
            let isTooLarge = json.offset - start > limits.recordByteCount
            lines.append(
                rejected: isTooLarge ? JSONMistake(.tooLarge, at: start) : error,
                at: start..<json.offset)
        }
    }
}
