// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import Testing

@testable import Cordwood
@testable import HTTP
@testable import Ingest

/// The table of docs/BODIES.md, row by row, so that neither it nor the sources change alone.
@Suite struct BodyTableTests {
    struct Row: Sendable, CustomStringConvertible {
        let type: String
        let body: [UInt8]
        let shape: String
        let json: [String]
        let raw: [String]
        let rejected: [String]

        var description: String { "\(type): \(String(decoding: body, as: UTF8.self))" }
    }

    @Test func `every type of the sources has a row`() throws {
        let formats = try Self.rows().map { BodyFormat(Self.mediaType($0.type)) }
        // A query has no type, and only protocols of other services read protobuf.
        #expect(Set(formats).union([.query, .protobuf]) == Set(BodyFormat.allCases))
        #expect(formats.count > 30)
    }

    @Test func `a body is read as the table says`() throws {
        for row in try Self.rows() {
            let format = BodyFormat(Self.mediaType(row.type))
            let start = row.body.span.skippingWhiteSpace(from: 0)
            let shape = Self.name(BodyShape(of: row.body.span, from: start, format: format))
            // Only reading tells whether text is JSON to its end, or a wrapper alone.
            let isSeen = format != .text && shape != "wrapper"
            #expect(shape == row.shape || !isSeen, "\(row)")
            try Self.check(row, format, .json, row.json)
            try Self.check(row, format, .raw, row.raw)
        }
    }

    private static func check(
        _ row: Row, _ format: BodyFormat, _ stream: StreamFormat, _ lines: [String]
    ) throws {
        var source = ByteBuffer()
        source.append(row.body.span)
        var batch = ByteBuffer()
        var rejected = ByteBuffer()
        let name = Array("app".utf8)
        var ingester = Ingester()
        _ = try ingester.ingest(
            source.span, format: format, streamFormat: stream, into: &batch, rejected: &rejected,
            context: RejectionContext(timeMilliseconds: 0, stream: name.span, peer: name.span))
        #expect(String(batch).split(separator: "\n").map(String.init) == lines, "\(row) \(stream)")
        let kept = try String(rejected).split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
            return (object as? [String: Any])?["raw"] as? String
        }
        #expect(kept == row.rejected, "\(row)")
    }

    private static func name(_ shape: BodyShape) -> String {
        switch shape {
        case .objects: "values"
        case .array: "array"
        case .wrapper: "wrapper"
        case .sequence: "sequence"
        case .lines: "lines"
        case .form: "form"
        }
    }

    private static func mediaType(_ type: String) -> MediaType {
        let bytes = Array(type.utf8)
        return MediaType(bytes.span, 0..<bytes.count)
    }

    // MARK: The page

    private static func rows() throws -> [Row] {
        let page = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("docs/BODIES.md")
        let lines = try String(contentsOf: page, encoding: .utf8).components(separatedBy: "\n")
        let start = try #require(lines.firstIndex { $0.hasPrefix("| `Content-Type` | body |") })
        var type = ""
        return lines[(start + 2)...].prefix { $0.hasPrefix("|") }.map { line in
            let cells = line.dropFirst().dropLast().components(separatedBy: "|")
            let named = cells[0].trimmingCharacters(in: .whitespaces)
            if !named.isEmpty { type = code(cells[0]).first ?? "" }
            let body = (code(cells[1]).first ?? "").replacing("⏎", with: "\n")
                .replacing("␞", with: "\u{1E}")
            return Row(
                type: type, body: Array(body.utf8),
                shape: cells[2].trimmingCharacters(in: .whitespaces), json: code(cells[3]),
                raw: code(cells[4]), rejected: code(cells[5]))
        }
    }

    /// What a cell has between backticks.
    private static func code(_ cell: String) -> [String] {
        cell.matches(of: /`([^`]*)`/).map { String($0.output.1) }
    }
}
