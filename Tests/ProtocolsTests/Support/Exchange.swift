// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import HTTP
import Ingest
import Testing

@testable import Protocols

/// A request to a protocol, read as the service reads it, and its result.
struct Exchange: Equatable {
    /// The lines for the file of the stream, and for that of its rejected records.
    var lines: [String] = []
    var rejected: [String] = []
    var accepted = 0
    var status: UInt16 = 0
    var contentType = ""
    var answer = ""
    var error: IngestError?
    /// How often the reader paused.
    var pauses = 0

    /// - Parameters:
    ///   - fields: header lines, each with its CRLF.
    ///   - isPaused: whether the reader pauses as often as it may.
    init(
        _ ingest: some IngestProtocol, _ path: StaticString, fields: String = "", _ body: [UInt8],
        isPaused: Bool = false, limits: IngestLimits = IngestLimits(), stamp: String = ""
    ) throws {
        let text = Array(
            "POST \(path) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\(fields)\r\n"
                .utf8)
        var parser = RequestParser(limits: Limits())
        let head = try #require(try parser.parse(text.span, .service))
        let pathSpan = text.span.extracting(head.path)
        let form = try ingest.form(of: head, path: pathSpan)
        var kept = ByteBuffer()
        ingest.keep(head, path: pathSpan, text.span, into: &kept)
        let reader = ingest.hasReader ? ingest.makeReader(limits, NoOtherStream()) : nil
        reader?.read(head, path: pathSpan, text.span)

        var ingester = Ingester(limits: limits)
        let name = Array("app".utf8)
        let stamp = Array(stamp.utf8)
        ingester.begin(
            coding: form.coding, format: form.format, reader: reader, streamFormat: .json,
            context: RejectionContext(timeMilliseconds: 0, stream: name.span, peer: name.span),
            stamp: stamp.span, textStamp: stamp.span)
        var source = ByteBuffer(capacity: body.count)
        source.append(body.span)
        var batch = ByteBuffer()
        var bad = ByteBuffer()
        var answered = ByteBuffer()
        do throws(IngestError) {
            while true {
                let report = try ingester.proceed(
                    source.span, into: &batch, rejected: &bad, until: isPaused ? 0 : .max)
                guard let report else {
                    pauses += 1
                    continue
                }
                accepted = report.accepted
                var notes = ByteBuffer()
                reader?.appendNotes(to: &notes)
                let response = ingest.answer(
                    report, AnswerFacts(results: Span(), notes: notes.span, kept: kept.span),
                    into: &answered)
                status = response.status.code
                contentType = "\(response.contentType)"
                answer = String(answered)
                break
            }
        } catch {
            self.error = error
        }
        lines = Self.lines(of: batch)
        rejected = Self.lines(of: bad)
    }

    init(
        _ ingest: some IngestProtocol, _ path: StaticString, fields: String = "", _ body: String
    ) throws { try self.init(ingest, path, fields: fields, Array(body.utf8)) }

    /// The lines, decoded.
    var records: [NSDictionary] {
        get throws {
            try lines.map {
                try #require(
                    try JSONSerialization.jsonObject(with: Data($0.utf8)) as? NSDictionary)
            }
        }
    }

    private static func lines(of buffer: borrowing ByteBuffer) -> [String] {
        String(buffer).split(separator: "\n").map(String.init)
    }

    /// Lets records go to no stream but the request's own.
    private final class NoOtherStream: BatchSelector {
        func format(ofStream name: Span<UInt8>) -> StreamFormat? { nil }
    }
}
