// SPDX-License-Identifier: Apache-2.0

import Ingest
import Protocols

/// Reads a body as frames of Logplex; the first byte chooses the limit of a record.
///
/// For any bytes: each record is one line, pauses change nothing, and no frame within the limit is
/// rejected.
func checkLogplexBodies(_ input: [UInt8]) throws(Violation) {
    guard let choice = input.first else { return }
    let body = Array(input.dropFirst())
    var limits = IngestLimits()
    limits.recordByteCount = choice & 1 == 0 ? 1 << 20 : 32
    limits.oversize = choice & 2 == 0 ? .reject : .truncate
    let head = "POST /logplex HTTP/1.1\r\nLogplex-Frame-Id: 1\r\n"
    let whole = try SentBody(LogplexProtocol(), head, body, limits: limits)
    let paused = try SentBody(LogplexProtocol(), head, body, limits: limits, isPaused: true)
    try require(whole == paused, "\(whole) without pauses, \(paused) with them")
    try require(whole.error == nil, "\(whole)")
    try require(whole.rejected == 0 || choice & 1 == 1, "\(whole)")
    // A body of something is at least one record.
    let isBlank = body.allSatisfy { [9, 10, 13, 32].contains($0) || 48...57 ~= $0 }
    try require(isBlank || whole.accepted + whole.rejected > 0, "nothing of \(body)")
}
