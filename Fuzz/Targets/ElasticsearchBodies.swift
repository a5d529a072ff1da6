// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest
import Protocols

/// Reads a body of Elasticsearch's interface; the first byte chooses the path and the limits.
///
/// For any bytes: every line is an object, every action has an item that says what became of it, and
/// neither the size of windows nor pauses change anything.
func checkElasticsearch(_ input: [UInt8]) throws(Violation) {
    guard let first = input.first else { return }
    let choice = ElasticsearchChoice(first)
    let body = Array(input.dropFirst())
    let whole = try read(body, choice, windowByteCount: 64 << 10, isPaused: false)
    let narrow = try read(body, choice, windowByteCount: 64, isPaused: true)
    // A body with much to keep of what was rejected, or to answer, may be refused for either.
    try require(whole == narrow, "\(narrow as Any) in windows, not \(whole as Any)")
    guard let whole else { return }
    let lines = whole.lines.split(separator: 10, omittingEmptySubsequences: false).dropLast()
    for line in lines {
        try require(JSONGrammar.isObject(line), String(decoding: line, as: UTF8.self))
    }
    try require(lines.count == whole.accepted, "\(lines.count) lines of \(whole.accepted)")
    let answer = String(decoding: whole.answer, as: UTF8.self)
    try require(JSONGrammar.isObject(whole.answer[...]), answer)
    guard choice.isBulk else { return }
    let good = answer.ranges(of: "\"status\":20").count
    let bad = answer.ranges(of: "\"status\":400").count
    try require(bad == whole.rejected, "\(whole.rejected) rejected: \(answer)")
    let isComplete = choice.keepsActions ? good == whole.accepted : good >= whole.accepted
    try require(isComplete, "\(whole.accepted) accepted: \(answer)")
    try require(answer.contains("\"errors\":\(bad > 0),\"items\":["), answer)
}

private struct ElasticsearchChoice {
    let path: String
    let keepsActions: Bool
    let isNarrow: Bool
    let oversize: OversizePolicy
    let isAtomic: Bool

    var isBulk: Bool { path.hasSuffix("_bulk") }

    init(_ byte: UInt8) {
        path = ["/_bulk", "/a%22b/_bulk", "/i/_doc", "/i/_create/%ff"][Int(byte & 3)]
        keepsActions = byte & 4 == 0
        isNarrow = byte & 8 != 0
        oversize = byte & 16 == 0 ? .reject : .truncate
        isAtomic = byte & 32 != 0
    }
}

private struct ElasticsearchOutcome: Equatable {
    var accepted: Int
    var rejected: Int
    var lines: [UInt8]
    var kept: [UInt8]
    var answer: [UInt8]
}

/// Nil if nothing of the body can be used.
private func read(
    _ body: [UInt8], _ choice: ElasticsearchChoice, windowByteCount: Int, isPaused: Bool
) throws(Violation) -> ElasticsearchOutcome? {
    var limits = IngestLimits()
    limits.windowByteCount = windowByteCount
    limits.oversize = choice.oversize
    if choice.isNarrow {
        limits.recordByteCount = 48
        limits.depth = 4
        limits.numberByteCount = 8
    }
    let ingest = ElasticsearchProtocol(version: "8.19.0", keepsActions: choice.keepsActions)
    let reader = ingest.makeReader(limits, NoOtherStream())
    let request = Array("POST \(choice.path) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
    var parser = RequestParser()
    guard let head = try? parser.parse(request.span, .service) else { return nil }
    reader.read(head, path: request.span.extracting(head.path), request.span)
    var source = ByteBuffer(capacity: body.count)
    source.append(body.span)
    var ingester = Ingester(limits: limits)
    let name = Array("app".utf8)
    ingester.begin(
        format: .unknown, reader: reader, streamFormat: .json, atomic: choice.isAtomic,
        context: RejectionContext(timeMilliseconds: 0, stream: name.span, peer: name.span))
    var batch = ByteBuffer()
    var kept = ByteBuffer()
    do throws(IngestError) {
        while true {
            let deadline: Int64 = isPaused ? 0 : .max
            guard
                let report = try ingester.proceed(
                    source.span, into: &batch, rejected: &kept, until: deadline)
            else { continue }
            var results = ByteBuffer()
            var notes = ByteBuffer()
            var answer = ByteBuffer()
            ingester.appendResults(to: &results)
            reader.appendNotes(to: &notes)
            _ = ingest.answer(
                report, AnswerFacts(results: results.span, notes: notes.span, kept: Span()),
                into: &answer)
            return ElasticsearchOutcome(
                accepted: report.accepted, rejected: report.rejected, lines: batch.copy,
                kept: kept.copy, answer: answer.copy)
        }
    } catch {
        try require(batch.isEmpty && kept.isEmpty, "a rest of a body that cannot be used")
        return nil
    }
}

/// Lets no record go to another stream.
private final class NoOtherStream: BatchSelector {
    func format(ofStream name: Span<UInt8>) -> StreamFormat? { nil }
}
