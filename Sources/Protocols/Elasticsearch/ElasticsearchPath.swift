// SPDX-License-Identifier: Apache-2.0

import Bytes

/// What a path of Elasticsearch's interface is for.
enum ElasticsearchPath: Equatable {
    /// `/`: name and version.
    case root
    /// `/_license`.
    case license
    /// Pairs of lines; the index of actions that name none is there in the path, if it is not empty.
    case bulk(index: Range<Int>)
    /// One document; the id is empty where the path has none.
    case document(BulkActionKind, index: Range<Int>, id: Range<Int>)
    /// `/{index}`, which is made, asked for and deleted, but does not take documents.
    case index
    /// Everything else: clients make templates, policies, pipelines and the like.
    case setUp
    /// It is no path of Elasticsearch's.
    case unknown

    /// Reads a path without the name of a stream in front.
    ///
    /// All below `/elasticsearch` is Elasticsearch's; elsewhere only what the service itself and other
    /// protocols do not have. Empty segments are passed over, because clients put a path behind a base
    /// that ends with a slash.
    init(_ path: Span<UInt8>) {
        let isBelowBase = Self.isBelowBase(path)
        let start = isBelowBase ? Self.base.utf8CodeUnitCount : 0
        guard let segments = PathSegments(path, in: start..<path.count) else {
            self = isBelowBase ? .setUp : .unknown
            return
        }
        if segments.count == 0 {
            self = .root
        } else if path[segments[0].lowerBound] == UInt8(ascii: "_") {
            self = Self.named(path, segments)
        } else {
            self = Self.ofIndex(path, segments)
            switch self {
            case .setUp, .index: if !isBelowBase { self = .unknown }
            case .bulk where segments.count > 2: if !isBelowBase { self = .unknown }
            case .document where !path.begins(segments[1], with: UInt8(ascii: "_")):
                if !isBelowBase { self = .unknown }
            default: break
            }
        }
    }

    /// Whether a segment of the path is one of those that take documents, in upper or lower case.
    static func namesDocuments(_ path: Span<UInt8>) -> Bool {
        var start = 0
        while start < path.count {
            let end = path.firstIndex(of: UInt8(ascii: "/"), from: start)
            let name = min(start + 1, end)..<end
            if path[start] == UInt8(ascii: "_"),
                path.equalsIgnoringCase(name, "bulk") || path.equalsIgnoringCase(name, "doc")
                    || path.equalsIgnoringCase(name, "create")
                    || path.equalsIgnoringCase(name, "update")
            {
                return true
            }
            start = end + 1
        }
        return false
    }

    /// The base that users write into the settings of their clients.
    private static var base: StaticString { "/elasticsearch" }

    private static func isBelowBase(_ path: Span<UInt8>) -> Bool {
        let count = base.utf8CodeUnitCount
        guard path.count >= count, path.extracting(..<count).equals(base) else { return false }
        return path.count == count || path[count] == UInt8(ascii: "/")
    }

    /// A path that begins with the name of an interface.
    private static func named(_ path: Span<UInt8>, _ segments: PathSegments) -> ElasticsearchPath {
        func isPath(_ words: StaticString...) -> Bool {
            segments.count == words.count
                && words.indices.allSatisfy { path.extracting(segments[$0]).equals(words[$0]) }
        }
        // Beats send their own metrics as pairs of lines, with the setting `monitoring`.
        if isPath("_bulk") || isPath("_monitoring", "bulk")
            || isPath("_xpack", "monitoring", "_bulk")
        {
            return .bulk(index: 0..<0)
        }
        if isPath("_license") || isPath("_xpack", "license") { return .license }
        let first = path.extracting(segments[0])
        let needsIndex =
            first.equals("_doc") || first.equals("_create") || first.equals("_update")
        return needsIndex ? .unknown : .setUp
    }

    /// A path that begins with the name of an index.
    private static func ofIndex(_ path: Span<UInt8>, _ segments: PathSegments) -> ElasticsearchPath
    {
        let index = segments[0]
        guard segments.count > 1 else { return .index }
        let last = path.extracting(segments[segments.count - 1])
        // With a type in between, as before version 8.
        if last.equals("_bulk"), segments.count <= 3 { return .bulk(index: index) }
        let second = path.extracting(segments[1])
        let id = segments.count > 2 ? segments[2] : 0..<0
        if second[0] != UInt8(ascii: "_") {
            if segments.count == 4 {
                if last.equals("_create") { return .document(.create, index: index, id: id) }
                if last.equals("_update") { return .document(.update, index: index, id: id) }
            }
            guard segments.count < 4, !path.begins(id, with: UInt8(ascii: "_")) else {
                return .setUp
            }
            return .document(.index, index: index, id: id)
        }
        guard segments.count <= 3 else { return .setUp }
        if second.equals("_doc") { return .document(.index, index: index, id: id) }
        if second.equals("_create") { return .document(.create, index: index, id: id) }
        if second.equals("_update") { return .document(.update, index: index, id: id) }
        return .setUp
    }
}

/// Where the segments of a path are, up to four.
private struct PathSegments {
    private var segments: [4 of Range<Int>] = .init(repeating: 0..<0)
    private(set) var count = 0

    /// Nil if there are more than four.
    init?(_ path: Span<UInt8>, in range: Range<Int>) {
        var at = range.lowerBound
        while at < range.upperBound {
            let end = min(path.firstIndex(of: UInt8(ascii: "/"), from: at), range.upperBound)
            if end > at {
                guard count < 4 else { return nil }
                segments[count] = at..<end
                count += 1
            }
            at = end + 1
        }
    }

    subscript(position: Int) -> Range<Int> { segments[position] }
}

extension Span<UInt8> {
    fileprivate func begins(_ segment: Range<Int>, with byte: UInt8) -> Bool {
        !segment.isEmpty && self[segment.lowerBound] == byte
    }
}

extension ByteBuffer {
    /// Appends a segment of a path as the inside of a JSON string, decoded if it is UTF-8 then.
    mutating func append(segment: Span<UInt8>, using decoded: inout ByteBuffer) {
        decoded.removeAll()
        var index = 0
        while index < segment.count {
            let byte = segment[index]
            if byte == UInt8(ascii: "%"), index + 2 < segment.count,
                let high = segment[index + 1].hexadecimalValue,
                let low = segment[index + 2].hexadecimalValue
            {
                decoded.append(high << 4 | low)
                index += 3
            } else {
                decoded.append(byte)
                index += 1
            }
        }
        if Self.isUTF8(decoded) {
            append(jsonEscaping: decoded)
        } else {
            append(jsonEscaping: segment)
        }
    }

    private static func isUTF8(_ buffer: borrowing ByteBuffer) -> Bool {
        let text = buffer.span
        var index = 0
        while index < text.count {
            let sequence = UTF8Sequence(in: text, at: index)
            guard sequence.isWellFormed else { return false }
            index += sequence.byteCount
        }
        return true
    }
}
