extension Span<UInt8> {
    /// Whether these are the bytes of `literal`.
    @inlinable
    package func equals(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index] != literal.utf8Start[index] { return false }
        return true
    }

    /// Whether these are the bytes of `other`.
    @inlinable
    package func equals(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count where self[index] != other[index] { return false }
        return true
    }

    /// Whether these begin with the bytes of `other`.
    @inlinable
    package func hasPrefix(_ other: Span<UInt8>) -> Bool {
        count >= other.count && extracting(..<other.count).equals(other)
    }

    /// Whether these end with the bytes of `literal`.
    @inlinable
    package func hasSuffix(_ literal: StaticString) -> Bool {
        let length = literal.utf8CodeUnitCount
        return count >= length && extracting((count - length)...).equals(literal)
    }
}
