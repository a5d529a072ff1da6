// SPDX-License-Identifier: Apache-2.0

import Bytes

// application/x-www-form-urlencoded as the URL Standard parses it: one record of its fields, all
// strings. A name that is repeated has an array of its values, so that none is lost.

/// Reads forms, in memory that is used again for the next one.
struct FormReader: ~Copyable {
    private static let slotCount = 1024

    // The record while it is put together, and the decoded fields, each name and value with `=`
    // behind it.
    private var record = ByteBuffer()
    private var decoded = ByteBuffer()
    private var fields: [FormField] = []
    // Where the first field of a name stands in `fields`, found by the name's hash; -1: nowhere.
    private var slots: [Int16] = []

    /// Reads the form that fills `body` from `start` as one record.
    mutating func read(
        _ body: Span<UInt8>, from start: Int, into sink: inout RecordSink
    ) throws(IngestError) {
        let form = body.extracting(start..<body.endOfForm(from: start))
        guard sink.fits(form) else { return try sink.handleOversize(form, from: start) }
        guard decode(form, limit: sink.limits.formFieldCount) else {
            return sink.reject(form, .tooManyFields, from: start)
        }
        guard Self.isUTF8(decoded) else { return sink.reject(form, .invalidUTF8, from: start) }
        link()
        record.removeAll()
        record.append(.openBrace)
        for field in fields where field.isFirst {
            if record.count > 1 { record.append(.comma) }
            append(field)
        }
        record.append(.closeBrace)
        try Self.append(record, from: start, to: &sink)
    }

    mutating func shrink(to byteCount: Int) {
        if record.capacity > byteCount { record = ByteBuffer() }
        if decoded.capacity > byteCount { decoded = ByteBuffer() }
    }

    /// Decodes all fields but empty ones; false if there are more than `limit`.
    private mutating func decode(_ form: Span<UInt8>, limit: Int) -> Bool {
        decoded.removeAll()
        fields.removeAll(keepingCapacity: true)
        var at = 0
        var count = 0
        while at <= form.count {
            let end = form.firstIndex(of: .ampersand, from: at)
            count += 1
            guard count <= limit else { return false }
            if end > at {
                let field = form.extracting(at..<end)
                let equals = field.firstIndex(of: .equals, from: 0)
                let name = decode(field.extracting(0..<equals))
                let value = decode(field.extracting(min(equals + 1, field.count)..<field.count))
                fields.append(FormField(name: name, value: value))
            }
            at = end + 1
        }
        return true
    }

    private mutating func decode(_ encoded: Span<UInt8>) -> Range<Int> {
        let start = decoded.count
        var index = 0
        while index < encoded.count {
            decoded.append(encoded.formByte(at: &index, before: encoded.count))
        }
        let end = decoded.count
        // Keeps the halves of a character that stand in two fields apart.
        decoded.append(.equals)
        return start..<end
    }

    /// Links the fields of one name, in the order in which they came.
    private mutating func link() {
        if slots.isEmpty { slots = Array(repeating: -1, count: Self.slotCount) }
        slots.withUnsafeMutableBufferPointer { $0.update(repeating: -1) }
        for index in fields.indices {
            let name = fields[index].name
            // Seeded in each process, so that nobody outside can choose names that collide.
            var slot = Self.hash(decoded, name) & (Self.slotCount - 1)
            while slots[slot] >= 0 {
                let first = Int(slots[slot])
                if Self.areEqual(decoded, fields[first].name, name) { break }
                slot = (slot + 1) & (Self.slotCount - 1)
            }
            guard slots[slot] >= 0 else {
                slots[slot] = Int16(index)
                continue
            }
            let first = Int(slots[slot])
            fields[fields[first].last ?? first].next = index
            fields[first].last = index
            fields[index].isFirst = false
        }
    }

    private mutating func append(_ first: FormField) {
        Self.append(decoded, first.name, to: &record)
        record.append(UInt8(ascii: ":"))
        guard first.next != nil else { return Self.append(decoded, first.value, to: &record) }
        record.append(.openBracket)
        var current: FormField? = first
        while let field = current {
            Self.append(decoded, field.value, to: &record)
            current = field.next.map { fields[$0] }
            if current != nil { record.append(.comma) }
        }
        record.append(.closeBracket)
    }

    // Buffers are lent whole: a span of a property counts as an access to all of its owner.

    private static func append(
        _ decoded: borrowing ByteBuffer, _ range: Range<Int>, to record: inout ByteBuffer
    ) {
        record.append(.quote)
        record.append(jsonEscaping: decoded.span.extracting(range))
        record.append(.quote)
    }

    private static func append(
        _ record: borrowing ByteBuffer, from start: Int, to sink: inout RecordSink
    ) throws(IngestError) {
        try sink.append(object: record.span, hasLineBreaks: false, isLimited: false, from: start)
    }

    private static func isUTF8(_ buffer: borrowing ByteBuffer) -> Bool { buffer.span.isUTF8 }

    private static func hash(_ buffer: borrowing ByteBuffer, _ range: Range<Int>) -> Int {
        var hasher = Hasher()
        buffer.span.extracting(range).withUnsafeBufferPointer {
            hasher.combine(bytes: UnsafeRawBufferPointer($0))
        }
        return hasher.finalize()
    }

    private static func areEqual(
        _ buffer: borrowing ByteBuffer, _ left: Range<Int>, _ right: Range<Int>
    ) -> Bool {
        guard left.count == right.count else { return false }
        let bytes = buffer.span
        for offset in 0..<left.count
        where bytes[left.lowerBound + offset] != bytes[right.lowerBound + offset] {
            return false
        }
        return true
    }
}

/// One field of a form, decoded.
private struct FormField {
    let name: Range<Int>
    let value: Range<Int>
    /// Whether no field in front of it has its name.
    var isFirst = true
    /// The next field of the same name, and of a first one the last.
    var next: Int?
    var last: Int?
}

extension Span<UInt8> {
    /// Whether all from `start` on is `name=value`, joined by `&`, of nothing but the bytes that a
    /// form's encoder writes; a pair of nothing but `=` is none that it writes.
    ///
    /// `curl -d` calls everything a form. The serializer of the URL Standard leaves letters, digits
    /// and `*-._` as they are, Python and Go `~` too, and all encode a space as `+`.
    func isForm(from start: Int) -> Bool {
        let end = endOfForm(from: start)
        var index = start
        var pair = start
        var hasValue = false
        while index < end {
            switch self[index] {
            case .equals:
                if hasValue { return false }
                hasValue = true
            case .ampersand:
                guard hasValue, index > pair + 1 else { return false }
                hasValue = false
                pair = index + 1
            case .percent:
                guard index + 2 < end, self[index + 1].hexadecimalValue != nil,
                    self[index + 2].hexadecimalValue != nil
                else { return false }
                index += 2
            case let byte: guard byte.isUnencodedInForms else { return false }
            }
            index += 1
        }
        return hasValue && end > pair + 1
    }

    /// Where the form that begins at `start` ends: in front of the line breaks at the end.
    fileprivate func endOfForm(from start: Int) -> Int {
        var end = count
        while end > start, self[end - 1] == .lineFeed || self[end - 1] == .carriageReturn {
            end -= 1
        }
        return end
    }
}

extension UInt8 {
    fileprivate var isUnencodedInForms: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "*"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "+"):
            true
        default: false
        }
    }
}
