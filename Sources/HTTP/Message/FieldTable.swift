// SPDX-License-Identifier: Apache-2.0

/// The header fields that the service reads; HTTP reads those of the framing itself.
///
/// The parser finds where each field is; the service reads it from the head by its index, which is
/// its place in the table.
package final class FieldTable: Sendable {
    /// A field, and what happens when a head has it twice.
    package struct Field: Sendable {
        package enum Repetition: Sendable {
            /// The request is 400: with two values, it would be left to chance which one is
            /// believed.
            case rejected
            /// The field counts as absent.
            case ignored
        }

        /// In lowercase.
        let name: String
        let repetition: Repetition
        /// Whether a value that is not 1 to 128 of `A-Za-z0-9._~+/=:-` counts as absent.
        let isIdentifier: Bool

        package init(
            _ name: String, whenRepeated repetition: Repetition = .rejected,
            isIdentifier: Bool = false
        ) {
            self.name = name
            self.repetition = repetition
            self.isIdentifier = isIdentifier
        }
    }

    private let fields: [Field]
    /// All names, one after the other, and where each ends.
    private let names: [UInt8]
    private let ends: [Int]
    /// The bit 1 << n is set if a name has n bytes.
    private let lengths: UInt64

    /// Each name is a token (RFC 9110, 5.6.2) without capitals, shorter than 64 bytes, and not one
    /// that HTTP reads itself.
    package init(_ fields: [Field] = []) {
        precondition(fields.count <= RequestHead.Fields.capacity, "too many fields")
        var names: [UInt8] = []
        var ends: [Int] = []
        var lengths: UInt64 = 0
        for field in fields {
            let name = Array(field.name.utf8)
            precondition(
                !name.isEmpty && name.count < 64
                    && name.allSatisfy { ByteSet.token.contains($0) && $0 | 0x20 == $0 }
                    && FieldName(name.span, 0..<name.count) == .other,
                "\(field.name) is not the name of a field that the service may read")
            names += name
            ends.append(names.count)
            lengths |= 1 << UInt64(name.count)
        }
        self.fields = fields
        self.names = names
        self.ends = ends
        self.lengths = lengths
    }

    subscript(index: Int) -> Field { fields[index] }

    /// The index of the field whose name is at `range`; nil if the service does not read it.
    ///
    /// Field names are case-insensitive (RFC 9110, 5.1).
    @inline(__always)
    func index(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        guard range.count < 64, lengths &>> UInt64(range.count) & 1 != 0 else { return nil }
        return search(bytes, range)
    }

    private func search(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        var start = 0
        for index in ends.indices {
            let end = ends[index]
            if end - start == range.count {
                var offset = 0
                // Setting bit 0x20 makes letters lowercase, and never turns one token character
                // into a different character of a name.
                while offset < range.count,
                    bytes[range.lowerBound &+ offset] | 0x20 == names[start &+ offset]
                {
                    offset &+= 1
                }
                if offset == range.count { return index }
            }
            start = end
        }
        return nil
    }
}

extension RequestHead {
    /// Where the fields of a table are in a head.
    struct Fields: Sendable, Equatable {
        /// How many fields a table may have.
        static var capacity: Int { 20 }

        /// The bit 1 << n is set if the head has the field with the index n.
        private var present: UInt32 = 0
        private var starts = InlineArray<20, UInt32>(repeating: 0)
        private var counts = InlineArray<20, UInt32>(repeating: 0)

        func contains(_ index: Int) -> Bool { present >> UInt32(index) & 1 != 0 }

        subscript(index: Int) -> Range<Int> {
            get { Int(starts[index])..<Int(starts[index]) + Int(counts[index]) }
            set {
                present |= 1 << UInt32(index)
                starts[index] = UInt32(clamping: newValue.lowerBound)
                counts[index] = UInt32(clamping: newValue.count)
            }
        }

        static func == (left: Fields, right: Fields) -> Bool {
            left.present == right.present
                && (0..<capacity).allSatisfy { left[$0] == right[$0] }
        }
    }

    /// Whether the head has the field with this index in the table, even if it is empty or invalid.
    package func hasField(_ index: Int) -> Bool { fields.contains(index) }

    /// Where the value of the field with this index is; empty if it is absent, empty or invalid.
    package func field(_ index: Int) -> Range<Int> { fields[index] }
}
