// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest

/// Reads a body into lines; the first two bytes choose its declared form and the limits.
///
/// For any bytes: the accepted and rejected records are all there are, and every line is one
/// record.
func checkBodies(_ input: [UInt8]) throws(Violation) {
    guard input.count >= 2 else { return }
    let choice = BodyChoice(input[0], input[1])
    let body = Array(input.dropFirst(2))
    var ingester = Ingester(limits: choice.limits(windowByteCount: 64 << 10))
    let outcome = try ingest(body, choice, with: &ingester)
    if let outcome { try checkOutcome(outcome, of: body, choice) }

    // A stamp is the only difference: without it the lines equal those of an unstamped run.
    if choice.isStamped {
        let plain = try ingest(body, choice, with: &ingester, isStamped: false)
        let withoutStamp = try outcome.map { outcome throws(Violation) in
            try removingStamps(outcome, choice)
        }
        try require(plain == withoutStamp, "\(outcome as Any) of \(plain as Any)")
    }

    let again = try ingest(body, choice, with: &ingester)
    try require(again == outcome, "\(again as Any) after \(outcome as Any)")

    // The window's size changes nothing, except for a body that is both malformed and too large:
    // then it decides which of the two is found first.
    var narrow = Ingester(limits: choice.limits(windowByteCount: 64))
    let piecemeal = try ingest(body, choice, with: &narrow)
    if let piecemeal { try checkOutcome(piecemeal, of: body, choice) }
    if let piecemeal, let outcome, !piecemeal.isClean, !outcome.isClean { return }
    try require(piecemeal == outcome, "\(piecemeal as Any) in windows, not \(outcome as Any)")
}

struct BodyChoice {
    let format: BodyFormat
    let coding: ContentCoding
    let streamFormat: StreamFormat
    let isAtomic: Bool
    let isNarrow: Bool
    let oversize: OversizePolicy
    let isStamped: Bool

    init(_ first: UInt8, _ second: UInt8) {
        let formats = [BodyFormat.unknown, .json, .ndjson, .text, .form, .sequence, .query]
        format = formats[Int(first & 15) % formats.count]
        switch first >> 5 {
        case 2: coding = .snappy
        case 3: coding = .detected
        default: coding = [.identity, .gzip, .deflate, .zstd][Int(second & 3)]
        }
        streamFormat = second & 4 == 0 ? .json : .raw
        isAtomic = second & 8 != 0
        isNarrow = second & 16 == 0
        oversize = second & 32 == 0 ? .reject : .truncate
        isStamped = second & 64 != 0
    }

    func limits(windowByteCount: Int) -> IngestLimits {
        var limits = IngestLimits()
        limits.windowByteCount = windowByteCount
        limits.oversize = oversize
        // The limit must find a bomb, not the fuzzer's timeout.
        limits.decodedByteCount = 1 << 16
        guard isNarrow else { return limits }
        limits.recordByteCount = 48
        limits.depth = 4
        limits.numberByteCount = 8
        limits.formFieldCount = 3
        limits.rejectedByteCount = 1024
        return limits
    }
}

/// The outcome of a body.
struct BodyOutcome: Equatable, CustomStringConvertible {
    var accepted: Int
    var rejected: Int
    var rejectedByReason: [Int]
    var unkept: Int
    var truncated: Int
    var batch: [UInt8]
    var kept: [UInt8]

    var isClean: Bool { rejected == 0 && truncated == 0 }

    var description: String {
        """
        \(accepted) accepted, \(rejected) rejected (\(rejectedByReason)), \(unkept) unkept, \
        \(truncated) truncated
        \(String(decoding: batch, as: UTF8.self))\(String(decoding: kept, as: UTF8.self))
        """
    }
}

/// Ingests `body` after contents that must stay; nil if none of it can be used.
private func ingest(
    _ body: [UInt8], _ choice: BodyChoice, with ingester: inout Ingester,
    isStamped: Bool? = nil
) throws(Violation) -> BodyOutcome? {
    var source = ByteBuffer(capacity: body.count)
    source.append(body.span)
    var batch = ByteBuffer()
    var kept = ByteBuffer()
    batch.append("before\n")
    kept.append("before\n")
    let before = Array("before\n".utf8)
    do throws(IngestError) {
        let name = Array("app".utf8)
        let members = isStamped ?? choice.isStamped ? stamp : []
        let report = try ingester.ingest(
            source.span, coding: choice.coding, format: choice.format,
            streamFormat: choice.streamFormat, atomic: choice.isAtomic, into: &batch,
            rejected: &kept,
            context: RejectionContext(timeMilliseconds: 0, stream: name.span, peer: name.span),
            stamp: members.span, textStamp: members.span)
        guard batch.copy.starts(with: before), kept.copy.starts(with: before) else { return nil }
        return BodyOutcome(
            accepted: report.accepted, rejected: report.rejected,
            rejectedByReason: RejectionReason.allCases.map { report.rejected(for: $0) },
            unkept: report.unkept, truncated: report.truncated,
            batch: Array(batch.copy.dropFirst(before.count)),
            kept: Array(kept.copy.dropFirst(before.count)))
    } catch {
        try require(batch.copy == before && kept.copy == before, "a rest of a rejected body")
        return nil
    }
}

private let stamp = Array(#""stamped_by":"a \"}"}"#.utf8)

/// The outcome as it would be without stamps, which every record of a `json` stream has.
private func removingStamps(
    _ outcome: BodyOutcome, _ choice: BodyChoice
) throws(Violation) -> BodyOutcome {
    guard choice.streamFormat == .json else { return outcome }
    var result = outcome
    result.batch = []
    for line in try lines(of: outcome.batch) {
        try require(line.suffix(stamp.count).elementsEqual(stamp), "a record without a stamp")
        var record = Array(line.dropLast(stamp.count))
        if record.last == UInt8(ascii: ",") { record.removeLast() }
        result.batch += record + [UInt8(ascii: "}"), 10]
    }
    return result
}

private func checkOutcome(
    _ outcome: BodyOutcome, of body: [UInt8], _ choice: BodyChoice
) throws(Violation) {
    let lines = try lines(of: outcome.batch)
    try require(lines.count == outcome.accepted, "\(outcome.accepted) in \(lines.count) lines")
    let withheld = outcome.rejectedByReason[Int(RejectionReason.withheld.rawValue)]
    let kept = try linesOfObjects(outcome.kept)
    // Of the records that are not kept whole, at most one is kept in part.
    let whole = outcome.rejected - outcome.unkept - withheld
    try require(
        kept == whole || kept == whole + 1 && outcome.unkept > 0, "\(kept) of \(outcome) are kept")
    try require(outcome.rejectedByReason.reduce(0, +) == outcome.rejected, "reasons")
    try require(outcome.truncated <= outcome.accepted, "more truncated than accepted")
    try require(!choice.isAtomic || min(outcome.accepted, outcome.rejected) == 0, "half a batch")
    switch choice.streamFormat {
    case .json: _ = try linesOfObjects(outcome.batch)
    case .raw:
        for line in lines {
            let text = String(validating: line, as: UTF8.self)
            try require(text?.unicodeScalars.allSatisfy(isPrintable) == true, "a forged line")
        }
    }
    // For lines of text, which JSON sent as text is not, the number of records is known.
    let first = body.first { ![9, 10, 13, 32].contains($0) }
    guard choice.format == .text, choice.coding == .identity, let first,
        ![UInt8(ascii: "["), UInt8(ascii: "{"), 0xEF].contains(first)
    else { return }
    let received = body.split(separator: 10).count { $0.contains { ![9, 13, 32].contains($0) } }
    let count = outcome.accepted + outcome.rejected
    // A line of several objects is several records.
    let hasObjects = body.contains(UInt8(ascii: "{"))
    try require(
        count == received || hasObjects && count > received, "\(count) of \(received)")
}

private func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\t"
        || scalar.properties.generalCategory != .control && scalar != "\u{2028}"
            && scalar != "\u{2029}"
}

/// The number of lines, each of which must be one object.
private func linesOfObjects(_ text: [UInt8]) throws(Violation) -> Int {
    let lines = try lines(of: text)
    for line in lines {
        try require(JSONGrammar.isObject(line), String(decoding: line, as: UTF8.self))
    }
    return lines.count
}

private func lines(of text: [UInt8]) throws(Violation) -> [ArraySlice<UInt8>] {
    try require(text.isEmpty || text.last == 10, "a line without end")
    return text.split(separator: 10, omittingEmptySubsequences: false).dropLast()
}
