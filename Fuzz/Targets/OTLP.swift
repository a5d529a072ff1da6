// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest
import Protocols

/// Reads a body of OTLP; the first byte chooses its declared encoding and the limits.
///
/// For any bytes: the accepted and rejected records are all there are, every line is one object, and
/// a reader that pauses wherever it may reads the same.
func checkOTLP(_ input: [UInt8]) throws(Violation) {
    guard let choice = input.first else { return }
    let format = [BodyFormat.protobuf, .json, .unknown][Int(choice & 3) % 3]
    var limits = IngestLimits()
    if choice & 4 != 0 {
        limits.recordByteCount = 48
        limits.batchByteCount = 1024
        limits.rejectedByteCount = 1024
    }
    let body = Array(input.dropFirst())
    var ingester = Ingester(limits: limits)
    let reader = OTLPProtocol().makeReader(limits, NoOtherStreams())
    let whole = try outcome(body, format, reader, &ingester, isPausing: false)
    let inPieces = try outcome(body, format, reader, &ingester, isPausing: true)
    try require(inPieces == whole, "\(inPieces as Any) in pieces, not \(whole as Any)")
}

private func outcome(
    _ body: [UInt8], _ format: BodyFormat, _ reader: any ProtocolReader,
    _ ingester: inout Ingester, isPausing: Bool
) throws(Violation) -> String? {
    var source = ByteBuffer(capacity: body.count)
    source.append(body.span)
    var batch = ByteBuffer()
    var kept = ByteBuffer()
    let name = Array("app".utf8)
    ingester.begin(
        format: format, reader: reader, streamFormat: .json,
        context: RejectionContext(timeMilliseconds: 0, stream: name.span, peer: name.span))
    var report: IngestReport?
    do throws(IngestError) {
        while report == nil {
            report = try ingester.proceed(
                source.span, into: &batch, rejected: &kept, until: isPausing ? 0 : .max)
        }
    } catch {
        try require(batch.isEmpty && kept.isEmpty, "a rest of a rejected body")
        return nil
    }
    guard let report else { return nil }
    let lines = batch.copy.split(separator: 10)
    try require(lines.count == report.accepted, "\(report.accepted) in \(lines.count) lines")
    let keptLines = kept.copy.split(separator: 10)
    try require(keptLines.count <= report.rejected, "more kept than rejected")
    for line in lines + keptLines {
        try require(JSONGrammar.isObject(line), String(decoding: line, as: UTF8.self))
    }
    return String(batch) + String(kept)
}

/// Lets records go to no stream but that of the request.
private final class NoOtherStreams: BatchSelector {
    func format(ofStream name: Span<UInt8>) -> StreamFormat? { nil }
}
