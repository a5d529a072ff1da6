// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest
import Protocols

/// Reads a push of Loki's; the first byte chooses its coding and what its type says.
///
/// For any bytes: every line is one record, and nothing changes if the reader pauses.
func checkLoki(_ input: [UInt8]) throws(Violation) {
    guard let first = input.first else { return }
    let body = Array(input.dropFirst())
    let coding: ContentCoding = first & 1 == 0 ? .identity : .snappy
    let format: BodyFormat = first & 2 == 0 ? .unknown : .json
    let reader = LokiProtocol().makeReader(limits, NoOtherStreams())
    let whole = try push(body, coding, format, reader, until: .max)
    let pausing = try push(body, coding, format, reader, until: 0)
    try require(whole == pausing, "\(whole as Any) and with pauses \(pausing as Any)")
    guard let whole else { return }
    let lines = whole.batch.split(separator: 10, omittingEmptySubsequences: false).dropLast()
    try require(lines.count == whole.accepted, "\(whole.accepted) in \(lines.count) lines")
    for line in lines {
        try require(JSONGrammar.isObject(line), String(decoding: line, as: UTF8.self))
    }
}

private let limits = {
    var limits = IngestLimits()
    limits.decodedByteCount = 1 << 16
    limits.expandedByteCount = 1 << 20
    return limits
}()

private struct Push: Equatable {
    var accepted: Int
    var rejected: Int
    var batch: [UInt8]
    var kept: [UInt8]
}

/// The outcome of a push; nil if nothing of it can be used.
private func push(
    _ body: [UInt8], _ coding: ContentCoding, _ format: BodyFormat, _ reader: any ProtocolReader,
    until deadline: Int64
) throws(Violation) -> Push? {
    var source = ByteBuffer(capacity: body.count)
    source.append(body.span)
    var batch = ByteBuffer()
    var kept = ByteBuffer()
    var ingester = Ingester(limits: limits)
    ingester.begin(
        coding: coding, format: format, reader: reader, streamFormat: .json,
        context: RejectionContext(timeMilliseconds: 0, stream: Span(), peer: Span()))
    do throws(IngestError) {
        while true {
            let report = try ingester.proceed(
                source.span, into: &batch, rejected: &kept, until: deadline)
            guard let report else { continue }
            return Push(
                accepted: report.accepted, rejected: report.rejected, batch: batch.copy,
                kept: kept.copy)
        }
    } catch {
        try require(batch.isEmpty && kept.isEmpty, "a rest of a rejected push")
        return nil
    }
}

/// Lets no record go to another stream.
private final class NoOtherStreams: BatchSelector {
    func format(ofStream name: Span<UInt8>) -> StreamFormat? { nil }
}
