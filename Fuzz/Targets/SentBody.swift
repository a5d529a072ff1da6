// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest
import Protocols

/// What becomes of a body that is sent to a path of a protocol.
struct SentBody: Equatable {
    var batch: [UInt8] = []
    var kept: [UInt8] = []
    var accepted = 0
    var rejected = 0
    var answer: [UInt8] = []
    var error: IngestError?

    /// Reads `body` as the service does.
    ///
    /// - Parameters:
    ///   - head: the request line and all header lines, each with its CRLF.
    ///   - isPaused: whether the reader pauses as often as it may.
    init(
        _ ingest: some IngestProtocol, _ head: String, _ body: [UInt8],
        limits: IngestLimits = IngestLimits(), isPaused: Bool = false
    ) throws(Violation) {
        let text = Array("\(head)Host: a\r\nContent-Length: \(body.count)\r\n\r\n".utf8)
        var parser = RequestParser(limits: Limits())
        guard let head = try? parser.parse(text.span, .service),
            let form = try? ingest.form(of: head, path: text.span.extracting(head.path))
        else { throw Violation("a head that no protocol rejects") }
        let path = text.span.extracting(head.path)
        var facts = ByteBuffer()
        ingest.keep(head, path: path, text.span, into: &facts)
        let reader = ingest.hasReader ? ingest.makeReader(limits, NoOtherStream()) : nil
        reader?.read(head, path: path, text.span)
        var ingester = Ingester(limits: limits)
        let name = Array("app".utf8)
        ingester.begin(
            coding: form.coding, format: form.format, reader: reader, streamFormat: .json,
            context: RejectionContext(timeMilliseconds: 0, stream: name.span, peer: name.span))
        try withPadding(body) { body throws(Violation) in
            do throws(IngestError) {
                var batch = ByteBuffer()
                var kept = ByteBuffer()
                var report: IngestReport?
                while report == nil {
                    report = try ingester.proceed(
                        body, into: &batch, rejected: &kept, until: isPaused ? 0 : .max)
                }
                self.batch = batch.copy
                self.kept = kept.copy
                if let report { answer(ingest, report, reader, facts) }
            } catch {
                self.error = error
            }
        }
        try check()
    }

    private mutating func answer(
        _ ingest: some IngestProtocol, _ report: IngestReport, _ reader: (any ProtocolReader)?,
        _ facts: borrowing ByteBuffer
    ) {
        accepted = report.accepted
        rejected = report.rejected
        var notes = ByteBuffer()
        reader?.appendNotes(to: &notes)
        var text = ByteBuffer()
        _ = ingest.answer(
            report, AnswerFacts(results: Span(), notes: notes.span, kept: facts.span), into: &text)
        answer = text.copy
    }

    /// Every accepted record is a line that is one object, and so is every rejected one.
    private func check() throws(Violation) {
        for (text, count) in [(batch, accepted), (kept, rejected)] {
            let lines = text.split(separator: 10, omittingEmptySubsequences: false)
            try require(lines.last?.isEmpty == true, "a line without end")
            try require(lines.count - 1 == count, "\(count) records in \(lines.count - 1) lines")
            for line in lines.dropLast() {
                try require(JSONGrammar.isObject(line), String(decoding: line, as: UTF8.self))
            }
        }
    }
}

/// Calls `body` with a copy of `bytes` behind which no more can be read than the readers may.
private func withPadding<Failure: Error>(
    _ bytes: [UInt8], _ body: (Span<UInt8>) throws(Failure) -> Void
) throws(Failure) {
    var buffer = ByteBuffer(capacity: bytes.count)
    buffer.append(bytes.span)
    try body(buffer.span)
}

/// Lets records go to no stream but the request's own.
private final class NoOtherStream: BatchSelector {
    func format(ofStream name: Span<UInt8>) -> StreamFormat? { nil }
}
