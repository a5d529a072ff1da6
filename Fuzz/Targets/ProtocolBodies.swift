// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest
import Protocols

/// Reads a body as clients of a protocol send it; the first byte chooses among `requests`.
///
/// For any bytes: each record is a line of one object or is kept as rejected, a reader that is reused
/// reads the same, and nothing of a body that is an error is written.
func checkProtocolBodies(
    _ input: [UInt8], _ ingest: some IngestProtocol, _ requests: [String]
) throws(Violation) {
    guard let choice = input.first else { return }
    let request = requests[Int(choice & 15) % requests.count]
    var limits = IngestLimits()
    if choice & 16 != 0 {
        limits.recordByteCount = 48
        limits.depth = 4
        limits.rejectedByteCount = 1024
    }
    limits.oversize = choice & 32 == 0 ? .reject : .truncate
    let reader = ingest.makeReader(limits, NoOtherStream())
    let body = Array(input.dropFirst())
    let run = ProtocolRun(reader: reader, limits: limits, isStamped: choice & 64 != 0)
    let outcome = try run.read(body, request)
    let again = try run.read(body, request)
    try require(again == outcome, "\(again) after \(outcome)")
}

private struct ProtocolOutcome: Equatable, CustomStringConvertible {
    var accepted = 0
    var rejected = 0
    var batch: [UInt8] = []
    var kept: [UInt8] = []
    var notes: [UInt8] = []
    var isError = false

    var description: String {
        "\(accepted), \(rejected): \(String(decoding: batch + kept + notes, as: UTF8.self))"
    }
}

private struct ProtocolRun {
    let reader: any ProtocolReader
    let limits: IngestLimits
    let isStamped: Bool

    private static let stamp = Array(#""stamp":1}"#.utf8)

    func read(_ body: [UInt8], _ request: String) throws(Violation) -> ProtocolOutcome {
        try readHead(request)
        var source = ByteBuffer(capacity: body.count)
        source.append(body.span)
        var batch = ByteBuffer()
        var kept = ByteBuffer()
        var ingester = Ingester(limits: limits)
        let stamp = isStamped ? Self.stamp : []
        ingester.begin(
            format: .unknown, reader: reader, streamFormat: .json,
            context: RejectionContext(timeMilliseconds: 0, stream: Span(), peer: Span()),
            stamp: stamp.span, textStamp: stamp.span)
        var outcome = ProtocolOutcome()
        var report: IngestReport?
        do throws(IngestError) {
            while report == nil {
                report = try ingester.proceed(
                    source.span, into: &batch, rejected: &kept)
            }
        } catch {
            outcome.isError = true
        }
        outcome.accepted = report?.accepted ?? 0
        outcome.rejected = report?.rejected ?? 0
        outcome.batch = batch.copy
        outcome.kept = kept.copy
        try checkLines(outcome, unkept: report?.unkept ?? 0)
        var notes = ByteBuffer()
        reader.appendNotes(to: &notes)
        outcome.notes = notes.copy
        return outcome
    }

    private func readHead(_ request: String) throws(Violation) {
        var bytes = ByteBuffer()
        bytes.append(string: request)
        var parser = RequestParser(limits: Limits())
        guard let head = try? parser.parse(bytes.span, .service) else {
            throw Violation("no head: \(request)")
        }
        reader.read(head, path: bytes.span.extracting(head.path), bytes.span)
    }

    private func checkLines(_ outcome: ProtocolOutcome, unkept: Int) throws(Violation) {
        let lines = outcome.batch.split(separator: 10, omittingEmptySubsequences: false).dropLast()
        try require(lines.count == outcome.accepted, "\(outcome.accepted) in \(lines.count) lines")
        let kept = outcome.kept.split(separator: 10, omittingEmptySubsequences: false).dropLast()
        let whole = outcome.rejected - unkept
        try require(kept.count == whole || kept.count == whole + 1 && unkept > 0, "rejected ones")
        for line in lines + kept {
            try require(JSONGrammar.isObject(line), String(decoding: line, as: UTF8.self))
        }
        guard isStamped else { return }
        for line in lines {
            try require(line.suffix(Self.stamp.count).elementsEqual(Self.stamp), "no stamp")
        }
    }
}

/// A service without streams that bodies could name.
private final class NoOtherStream: BatchSelector {
    func format(ofStream name: Span<UInt8>) -> StreamFormat? { nil }
}
