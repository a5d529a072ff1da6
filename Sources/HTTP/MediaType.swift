/// What the `Content-Type` says, as far as ingest tells it apart; it is a hint, not a promise.
package enum MediaType: UInt8, Sendable {
    /// No `Content-Type`, or an empty one.
    case missing
    /// `application/json` and `application/*+json`.
    case json
    /// One JSON value a line, under the names that clients use for it.
    case ndjson
    /// `application/x-www-form-urlencoded`, which is also what `curl -d` says of everything.
    case form
    /// `text/plain`.
    case text
    case other

    /// Reads a media type up to its parameters (RFC 9110, 8.3.1).
    init(_ bytes: Span<UInt8>, _ value: Range<Int>) {
        let end = bytes.first(of: UInt8(ascii: ";"), in: value) ?? value.upperBound
        let range = bytes.trimmingWhitespace(value.lowerBound..<end)
        func matches(_ name: StaticString) -> Bool { bytes.equalsIgnoringCase(range, name) }
        self =
            switch range.count {
            case 0: value.isEmpty ? .missing : .other
            case 10 where matches("text/plain"): .text
            case 16 where matches("application/json"): .json
            case 33 where matches("application/x-www-form-urlencoded"): .form
            default: Self.other(bytes, range)
            }
    }

    private static func other(_ bytes: Span<UInt8>, _ range: Range<Int>) -> MediaType {
        guard let subtype = bytes.dropping("application/", from: range) else { return .other }
        // RFC 6838, 3.4: the x- prefix means no more than 'not registered'.
        let name = bytes.dropping("x-", from: subtype) ?? subtype
        let isNDJSON =
            bytes.equalsIgnoringCase(name, "ndjson")
            || bytes.equalsIgnoringCase(name, "jsonl")
            || bytes.equalsIgnoringCase(name, "jsonlines")
            || bytes.equalsIgnoringCase(name, "json-lines")
            || bytes.equalsIgnoringCase(name, "json-stream")
        if isNDJSON { return .ndjson }
        let suffix: StaticString = "+json"
        let suffixStart = subtype.upperBound - suffix.utf8CodeUnitCount
        guard suffixStart > subtype.lowerBound,
            bytes.equalsIgnoringCase(suffixStart..<subtype.upperBound, suffix)
        else { return .other }
        return .json
    }
}
