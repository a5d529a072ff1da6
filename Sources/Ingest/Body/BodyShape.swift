// SPDX-License-Identifier: Apache-2.0

// What a body is: the table of docs/BODIES.md, which a test reads and compares.

/// What a body turns out to be, from what its media type hints at and how it begins.
///
/// Offsets point behind the bracket that was read.
enum BodyShape: Equatable {
    case array(elementsFrom: Int)
    /// `{"logs":[` or `{"events":[` and an element; only if nothing but `}` follows the array.
    case wrapper(elementsFrom: Int)
    /// JSON values one after another, on lines or not.
    case objects
    /// JSON values behind a record separator each.
    case sequence
    case lines
    case form

    /// Looks at `body`, whose first byte that is not white space stands at `start`.
    ///
    /// Text (`BodyFormat.text`) that begins like JSON is JSON only if it is to its end, which
    /// `BodyReader` finds out. A form of more than `formLimit` bytes would be rejected, as the line is
    /// that it is, so no more than that is looked at.
    init(
        of body: Span<UInt8>, from start: Int, format: BodyFormat,
        formLimit: Int = IngestLimits().recordByteCount
    ) {
        let isSequence = body[start] == .recordSeparator && format != .text && format != .query
        let bracketed =
            isSequence ? .sequence : Self.bracketed(body, from: start, format: format)
        switch format {
        case .json, .ndjson, .sequence: self = bracketed ?? .objects
        case .unknown, .text, .protobuf: self = bracketed ?? .lines
        case .form:
            let isIndented = start > 0 && body[start - 1].isWhiteSpace
            // CRLF may stand behind it.
            let isShort = body.count - start - 2 <= formLimit
            let isForm = !isIndented && isShort && body.isForm(from: start)
            self = bracketed ?? (isForm ? .form : .lines)
        case .query:
            let isEmpty = body.skipping(.ampersand, from: start) == body.count
            self = isEmpty ? .lines : .form
        }
    }

    /// What begins with a brace or bracket and therefore may be JSON; nil for what is none.
    private static func bracketed(
        _ body: Span<UInt8>, from start: Int, format: BodyFormat
    ) -> BodyShape? {
        switch body[start] {
        case .openBracket:
            guard beginsArray(body, at: start, format: format) else { return nil }
            return .array(elementsFrom: start + 1)
        case .openBrace:
            if let elements = wrapperElements(body, at: start, format: format) {
                return .wrapper(elementsFrom: elements)
            }
            return beginsObject(body, at: start) ? .objects : nil
        default: return nil
        }
    }

    /// Lines of text often begin with `[`, before a time or a level; what is not called JSON is an
    /// array only if its first element looks like a record.
    private static func beginsArray(
        _ body: Span<UInt8>, at start: Int, format: BodyFormat
    ) -> Bool {
        if format == .json { return true }
        let next = body.skippingWhiteSpace(from: start + 1)
        guard next < body.count else { return false }
        switch body[next] {
        case .openBrace: return format == .ndjson || beginsObject(body, at: next)
        case .quote, .closeBracket: return format != .text
        default: return false
        }
    }

    /// Whether a key, a brace or the end of the body follows the brace at `start`.
    private static func beginsObject(_ body: Span<UInt8>, at start: Int) -> Bool {
        let next = body.skippingWhiteSpace(from: start + 1)
        return next == body.count || body[next] == .quote || body[next] == .closeBrace
    }

    /// Where the elements of `{"logs":[` or `{"events":[` begin, if there are any.
    ///
    /// Where each line is a record, no line is a wrapper.
    private static func wrapperElements(
        _ body: Span<UInt8>, at start: Int, format: BodyFormat
    ) -> Int? {
        if format == .ndjson || format == .sequence { return nil }
        var index = body.skippingWhiteSpace(from: start + 1)
        if body.holds("\"logs\"", at: index) {
            index += 6
        } else if body.holds("\"events\"", at: index) {
            index += 8
        } else {
            return nil
        }
        for token: StaticString in [":", "["] {
            index = body.skippingWhiteSpace(from: index)
            guard body.holds(token, at: index) else { return nil }
            index += 1
        }
        let first = body.skippingWhiteSpace(from: index)
        return first < body.count && body[first] == .closeBracket ? nil : index
    }
}

extension Span<UInt8> {
    fileprivate func skipping(_ byte: UInt8, from start: Int) -> Int {
        var index = start
        while index < count, self[index] == byte { index += 1 }
        return index
    }

    fileprivate func holds(_ token: StaticString, at index: Int) -> Bool {
        let count = token.utf8CodeUnitCount
        guard index + count <= self.count else { return false }
        for place in 0..<count where self[index + place] != token.utf8Start[place] { return false }
        return true
    }
}
