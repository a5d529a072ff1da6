// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest
import Testing

@testable import Protocols

/// A body that a protocol has read, and the answer.
struct BodyRun: Equatable {
    var lines: [String] = []
    var rejected: [String] = []
    var reasons: [RejectionReason] = []
    var status: UInt16 = 0
    var answer = ""
    var visits = 0
    var error: IngestError?

    /// How a body is read.
    struct Options {
        var limits = IngestLimits()
        var streamFormat = StreamFormat.json
        var isAtomic = false
        /// Whether the time is always up.
        var isPausing = false
        var stamp = ""
    }

    /// Reads a body as the service does.
    ///
    /// - Parameter request: the request line but for the version, and the fields, with CRLF behind each.
    init(
        _ request: String, _ body: [UInt8], by ingest: some IngestProtocol,
        _ options: Options = Options()
    ) throws {
        let (line, fields) = Self.parts(of: request)
        var headBytes = ByteBuffer()
        headBytes.append(
            string: "\(line) HTTP/1.1\r\nHost: a\r\nContent-Length: \(body.count)\r\n\(fields)\r\n")
        var parser = RequestParser(limits: Limits())
        let head = try #require(try parser.parse(headBytes.span, .service))
        let path = headBytes.span.extracting(head.path)
        let reader = ingest.makeReader(options.limits, NoOtherStream())
        // The service reuses readers, so this one has read something else before.
        var before = Self()
        _ = try before.read([0x7B, 0x7D, 0x31], with: reader, Options())
        let form = try ingest.form(of: head, path: path)
        reader.read(head, path: path, headBytes.span)
        var kept = ByteBuffer()
        ingest.keep(head, path: path, headBytes.span, into: &kept)
        let report = try read(body, with: reader, options, form.coding)
        guard let report else { return }
        var notes = ByteBuffer()
        reader.appendNotes(to: &notes)
        var text = ByteBuffer()
        let facts = AnswerFacts(results: Span(), notes: notes.span, kept: kept.span)
        let response = ingest.answer(report, facts, into: &text)
        status = response.status.code
        answer = String(text)
    }

    private init() {}

    private static func parts(of request: String) -> (line: String, fields: String) {
        guard let end = request.firstRange(of: "\r\n") else { return (request, "") }
        return (String(request[..<end.lowerBound]), String(request[end.upperBound...]))
    }

    private mutating func read(
        _ body: [UInt8], with reader: any ProtocolReader, _ options: Options,
        _ coding: ContentCoding = .identity
    ) throws -> IngestReport? {
        var ingester = Ingester(limits: options.limits)
        var source = ByteBuffer()
        source.append(body.span)
        var batch = ByteBuffer()
        var kept = ByteBuffer()
        let stamp = Array(options.stamp.utf8)
        ingester.begin(
            coding: coding, format: .unknown, reader: reader, streamFormat: options.streamFormat,
            atomic: options.isAtomic,
            context: RejectionContext(timeMilliseconds: 0, stream: Span(), peer: Span()),
            stamp: stamp.span, textStamp: stamp.span)
        var report: IngestReport?
        do throws(IngestError) {
            repeat {
                visits += 1
                report = try ingester.proceed(
                    source.span, into: &batch, rejected: &kept,
                    until: options.isPausing ? 0 : .max)
            } while report == nil
        } catch {
            self.error = error
        }
        lines = Self.lines(of: batch)
        rejected = Self.lines(of: kept)
        if let report {
            reasons = (0..<report.errorCount).map { report.error(at: $0).reason }
            #expect(report.accepted == lines.count)
            let withheld = report.rejected(for: .withheld)
            #expect(report.rejected == rejected.count + withheld)
        }
        return report
    }

    private static func lines(of buffer: borrowing ByteBuffer) -> [String] {
        let text = String(buffer)
        #expect(text.isEmpty || text.hasSuffix("\n"))
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map {
            String($0)
        }
    }
}

/// A service without streams that bodies could name.
private final class NoOtherStream: BatchSelector {
    func format(ofStream name: Span<UInt8>) -> StreamFormat? { nil }
}
