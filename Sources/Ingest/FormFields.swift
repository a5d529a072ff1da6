import Bytes

// application/x-www-form-urlencoded as the URL Standard parses it: one record of its fields, all
// strings. A name that is repeated has an array of its values, so that none is lost.

extension BodyReader {
    /// Reads the form that fills `body` from `start` as one record.
    mutating func readForm(_ body: Span<UInt8>, from start: Int) throws(IngestError) {
        let form = body.extracting(body.trimmingEnd(start..<body.count))
        guard sink.fits(form) else { return try sink.handleOversize(form) }
        guard hasFewFields(form) else { return sink.reject(form, .tooManyFields) }
        record.removeAll()
        record.append(.openBrace)
        var next: FormField? = FormField(in: form, from: 0)
        while let current = next {
            next = current.next(in: form)
            if current.isEmpty || current.isRepeated(in: form) { continue }
            if record.count > 1 { record.append(.comma) }
            appendField(current, in: form)
        }
        record.append(.closeBrace)
        try sink.append(object: record)
    }

    private func hasFewFields(_ form: Span<UInt8>) -> Bool {
        var fieldCount = 1
        for index in form.indices where form[index] == UInt8(ascii: "&") { fieldCount += 1 }
        return fieldCount <= limits.formFieldCount
    }

    private mutating func appendField(_ first: FormField, in form: Span<UInt8>) {
        appendString(form.extracting(first.name))
        record.append(UInt8(ascii: ":"))
        let isArray = first.namesake(in: form) != nil
        if isArray { record.append(.openBracket) }
        var current: FormField? = first
        while let field = current {
            appendString(form.extracting(field.value))
            current = field.namesake(in: form)
            if current != nil { record.append(.comma) }
        }
        if isArray { record.append(.closeBracket) }
    }

    private mutating func appendString(_ encoded: Span<UInt8>) {
        field.removeAll()
        var index = 0
        while index < encoded.count {
            field.append(encoded.formByte(at: &index))
        }
        record.append(.quote)
        record.append(jsonEscaping: field)
        record.append(.quote)
    }
}

extension RecordSink {
    // The form's record is lent whole: a span of it would count as an access to all of the reader.
    fileprivate mutating func append(object: borrowing ByteBuffer) throws(IngestError) {
        try append(object: object.span, hasLineBreaks: false)
    }
}

/// One `name=value` of a form, still encoded.
private struct FormField {
    let name: Range<Int>
    let value: Range<Int>

    init(in form: Span<UInt8>, from start: Int) {
        let end = form.firstIndex(of: UInt8(ascii: "&"), from: start)
        let equals = form.extracting(0..<end).firstIndex(of: UInt8(ascii: "="), from: start)
        name = start..<equals
        value = min(equals + 1, end)..<end
    }

    var isEmpty: Bool { name.isEmpty && value.isEmpty }

    func next(in form: Span<UInt8>) -> FormField? {
        value.upperBound < form.count ? FormField(in: form, from: value.upperBound + 1) : nil
    }

    /// The next field of the same name.
    func namesake(in form: Span<UInt8>) -> FormField? {
        var other = next(in: form)
        while let candidate = other {
            if hasName(of: candidate, in: form), !candidate.isEmpty { return candidate }
            other = candidate.next(in: form)
        }
        return nil
    }

    /// Whether a field in front of this one has its name.
    func isRepeated(in form: Span<UInt8>) -> Bool {
        var earlier = FormField(in: form, from: 0)
        while earlier.name.lowerBound < name.lowerBound {
            if hasName(of: earlier, in: form), !earlier.isEmpty { return true }
            guard let next = earlier.next(in: form) else { return false }
            earlier = next
        }
        return false
    }

    private func hasName(of other: FormField, in form: Span<UInt8>) -> Bool {
        let mine = form.extracting(name)
        let theirs = form.extracting(other.name)
        var (left, right) = (0, 0)
        while left < mine.count, right < theirs.count {
            if mine.formByte(at: &left) != theirs.formByte(at: &right) { return false }
        }
        return left == mine.count && right == theirs.count
    }
}

extension Span<UInt8> {
    /// The byte encoded at `index`, which moves behind it.
    ///
    /// A `%` without two digits stands for itself.
    fileprivate func formByte(at index: inout Int) -> UInt8 {
        let byte = self[index]
        if byte == UInt8(ascii: "%"), index + 2 < count, let high = hexDigit(self[index + 1]),
            let low = hexDigit(self[index + 2])
        {
            index += 3
            return high << 4 | low
        }
        index += 1
        return byte == UInt8(ascii: "+") ? .space : byte
    }
}
