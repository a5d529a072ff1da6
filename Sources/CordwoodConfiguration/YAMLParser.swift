// SPDX-License-Identifier: Apache-2.0

import CYAML

/// Reads one YAML document with libyaml.
///
/// A configuration needs neither aliases nor deep nesting, so both are rejected: no document is then
/// larger in memory than on disk.
struct YAMLParser: ~Copyable {
    private static let maxDepth = 8

    // SAFETY: libyaml keeps a pointer to its parser in the parser, so it must not move; it is
    // allocated once and freed once, in `deinit`.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeBufferPointer<UInt8>

    /// The root of the document; `nil` if there is none.
    static func parse(_ text: String) throws(YAMLError) -> YAMLNode? {
        try Array(text.utf8).withUnsafeBufferPointer { bytes throws(YAMLError) in
            try YAMLParser(bytes).document()
        }
    }

    /// The bytes must outlive the parser.
    private init(_ bytes: UnsafeBufferPointer<UInt8>) {
        input = bytes
        parser = .allocate(capacity: 1)
        parser.initialize(to: yaml_parser_t())
        // It fails only without memory, and then Swift stops the process too.
        precondition(yaml_parser_initialize(parser) == 1)
        yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        yaml_parser_set_input_string(parser, bytes.baseAddress, bytes.count)
    }

    deinit {
        yaml_parser_delete(parser)
        parser.deallocate()
    }

    private func document() throws(YAMLError) -> YAMLNode? {
        guard case .streamStart = try next().kind, case .documentStart = try next().kind
        else { return nil }
        let root = try node(try next(), depth: 0)
        _ = try next()
        let after = try next()
        guard case .streamEnd = after.kind else {
            throw YAMLError(
                line: after.line, why: "it must be one document, and here begins another")
        }
        return root
    }

    private func node(_ event: Event, depth: Int) throws(YAMLError) -> YAMLNode {
        guard depth <= Self.maxDepth else {
            throw YAMLError(line: event.line, why: "it is nested too deeply")
        }
        switch event.kind {
        case .scalar(let text, let isPlain):
            return YAMLNode(line: event.line, content: .scalar(text, isPlain: isPlain))
        case .sequenceStart:
            var items: [YAMLNode] = []
            while let item = try inside(depth) { items.append(item) }
            return YAMLNode(line: event.line, content: .sequence(items))
        case .mappingStart:
            var pairs: [YAMLNode.Pair] = []
            while let key = try inside(depth) {
                guard let value = try inside(depth) else { break }
                pairs.append(YAMLNode.Pair(key: key, value: value))
            }
            return YAMLNode(line: event.line, content: .mapping(pairs))
        case .streamStart, .streamEnd, .documentStart, .end, .alias:
            throw YAMLError(line: event.line, why: "an alias (*name) has no place in it")
        }
    }

    /// The next node of a collection; `nil` at its end.
    private func inside(_ depth: Int) throws(YAMLError) -> YAMLNode? {
        let event = try next()
        if case .end = event.kind { return nil }
        return try node(event, depth: depth + 1)
    }
}

extension YAMLParser {
    private struct Event {
        let line: Int
        let kind: Kind

        enum Kind {
            case streamStart, streamEnd, documentStart, alias, sequenceStart, mappingStart
            /// Of a collection or a document.
            case end
            case scalar(String, isPlain: Bool)
        }
    }

    private func next() throws(YAMLError) -> Event {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { yaml_event_delete(&event) }
        return Event(line: Int(event.start_mark.line) + 1, kind: kind(event))
    }

    private func kind(_ event: yaml_event_t) -> Event.Kind {
        switch event.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_ALIAS_EVENT: return .alias
        case YAML_SEQUENCE_START_EVENT: return .sequenceStart
        case YAML_MAPPING_START_EVENT: return .mappingStart
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            // SAFETY: the event owns `length` bytes at `value` until it is deleted.
            let bytes = UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return .scalar(
                String(decoding: bytes, as: UTF8.self),
                isPlain: scalar.style == YAML_PLAIN_SCALAR_STYLE)
        case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT, YAML_DOCUMENT_END_EVENT: return .end
        // Also YAML_NO_EVENT, which comes after the end of the stream.
        default: return .streamEnd
        }
    }

    private func failure() -> YAMLError {
        let state = parser.pointee
        let why = state.problem.map { String(cString: $0) } ?? "it cannot be read"
        guard state.error == YAML_READER_ERROR else {
            return YAMLError(line: Int(state.problem_mark.line) + 1, why: why)
        }
        // The reader is ahead of the scanner and knows bytes, not lines.
        let before = input.prefix(state.problem_offset)
        return YAMLError(line: before.count { $0 == UInt8(ascii: "\n") } + 1, why: why)
    }
}
