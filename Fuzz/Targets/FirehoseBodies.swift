// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest
import Protocols

/// Reads a delivery of Firehose; the first byte chooses whether the others are its JSON or the data of
/// a record.
///
/// For any bytes: each record is one line, pauses change nothing, and data in a delivery yields the
/// same records as a body of the service's own paths.
func checkFirehoseBodies(_ input: [UInt8]) throws(Violation) {
    guard let choice = input.first else { return }
    let rest = Array(input.dropFirst())
    var limits = IngestLimits()
    limits.decodedByteCount = 1 << 16
    limits.recordByteCount = choice & 2 == 0 ? 1 << 20 : 64
    let isData = choice & 1 == 1
    let body = isData ? delivery(of: rest) : rest
    let whole = try read(body, limits)
    var narrow = limits
    narrow.windowByteCount = 64
    let paused = try read(body, narrow, isPaused: true)
    // The size of a window decides which mistake of a bad record is found.
    if whole.rejected == 0 || paused.rejected == 0 {
        try require(
            whole.isSameBut(answerOf: paused), "\(whole) without pauses, \(paused) with them")
    }
    guard isData else { return }
    try require(whole.error == nil || whole.error == .decodedTooLarge(limit: 1 << 16), "\(whole)")
    // The service's own paths reject what is compressed without saying so.
    guard rest.first != 0x1F, whole.rejected == 0 else { return }
    var ingester = Ingester(limits: limits)
    var source = ByteBuffer(capacity: rest.count)
    source.append(rest.span)
    var batch = ByteBuffer()
    var kept = ByteBuffer()
    let name = Array("app".utf8)
    let report = try? ingester.ingest(
        source.span, format: .unknown, streamFormat: .json, into: &batch, rejected: &kept,
        context: RejectionContext(timeMilliseconds: 0, stream: name.span, peer: name.span),
        stamp: member.span, textStamp: member.span)
    try require((report?.accepted ?? 0) == whole.accepted, "\(whole) of \(rest)")
    try require(batch.copy == whole.batch, "\(whole), but \(batch.copy)")
}

private let member = Array(#""_firehose":{"request_id":"r1"}}"#.utf8)

private func read(
    _ body: [UInt8], _ limits: IngestLimits, isPaused: Bool = false
) throws(Violation) -> SentBody {
    try SentBody(
        FirehoseProtocol(), "POST /firehose HTTP/1.1\r\nX-Amz-Firehose-Request-Id: r1\r\n", body,
        limits: limits, isPaused: isPaused)
}

/// The body that delivers these data in one record.
private func delivery(of data: [UInt8]) -> [UInt8] {
    var body = ByteBuffer()
    body.append("{\"records\":[{\"data\":\"")
    body.append(base64: data.span)
    body.append("\"}]}")
    return body.copy
}

extension SentBody {
    /// Whether it is the same but for the time in its answer.
    fileprivate func isSameBut(answerOf other: SentBody) -> Bool {
        var other = other
        other.answer = answer
        return self == other
    }
}
