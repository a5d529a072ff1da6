/// What a body turns out to be, from what its media type hints at and how it begins.
///
/// Offsets point behind the bracket that was read.
enum BodyShape: Equatable {
    case array(elementsFrom: Int)
    /// `{"logs":[`, as pino sends it; only if nothing but `}` follows the array.
    case envelope(elementsFrom: Int)
    /// Objects one after another, on lines or not.
    case objects
    case lines
    case form

    /// Looks at `body`, whose first byte that is not white space stands at `start`.
    init(of body: Span<UInt8>, from start: Int, format: BodyFormat) {
        switch body[start] {
        case .openBracket where Self.beginsArray(body, at: start, format: format):
            self = .array(elementsFrom: start + 1)
        case .openBrace:
            if let elements = Self.envelopeElements(body, at: start) {
                self = .envelope(elementsFrom: elements)
            } else {
                self = format == .text ? .lines : .objects
            }
        default:
            self = Self.withoutBracket(body, from: start, format: format)
        }
    }

    /// What a body is whose envelope has other keys too.
    static func withoutEnvelope(format: BodyFormat) -> BodyShape {
        format == .text ? .lines : .objects
    }

    /// Lines of text often begin with `[`, before a time or a level; what is not called JSON is an
    /// array only if its first element can be a record.
    private static func beginsArray(
        _ body: Span<UInt8>, at start: Int, format: BodyFormat
    ) -> Bool {
        if format == .json { return true }
        let next = body.skippingWhiteSpace(from: start + 1)
        guard next < body.count else { return false }
        if body[next] == .openBrace { return true }
        return format != .text && (body[next] == .quote || body[next] == .closeBracket)
    }

    /// Where the elements of `{"logs":[` begin.
    private static func envelopeElements(_ body: Span<UInt8>, at start: Int) -> Int? {
        var index = start
        for token: StaticString in ["{", "\"logs\"", ":", "["] {
            index = body.skippingWhiteSpace(from: index)
            let count = token.utf8CodeUnitCount
            guard index + count <= body.count else { return nil }
            for place in 0..<count where body[index + place] != token.utf8Start[place] {
                return nil
            }
            index += count
        }
        return index
    }

    /// `curl -d` calls everything a form: one has a `=`, and no line breaks, which it would encode.
    private static func withoutBracket(
        _ body: Span<UInt8>, from start: Int, format: BodyFormat
    ) -> BodyShape {
        switch format {
        case .json, .ndjson: return .objects
        case .unknown, .text: return .lines
        case .form:
            let end = body.trimmingEnd(start..<body.count).upperBound
            let hasFields = body.firstIndex(of: UInt8(ascii: "="), from: start) < end
            let hasLines = body.firstIndex(of: .lineFeed, from: start) < end
            return hasFields && !hasLines ? .form : .lines
        }
    }
}
