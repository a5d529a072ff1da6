// Where a value ends when it is too broken, or too large, for the index: only strings and depth are
// followed. A line break cannot occur inside a string, so it is taken to end one.

/// Follows strings and nesting, byte by byte.
private struct StructureScanner {
    private(set) var depth = 0
    private(set) var isInString = false
    private var isEscaped = false

    mutating func step(_ byte: UInt8) {
        if isInString {
            if byte == .lineFeed { isInString = false }
            if isEscaped {
                isEscaped = false
            } else if byte == .backslash {
                isEscaped = true
            } else if byte == .quote {
                isInString = false
            }
            return
        }
        switch byte {
        case .quote: (isInString, isEscaped) = (true, false)
        case .openBrace, .openBracket: depth += 1
        case .closeBrace, .closeBracket: depth = max(0, depth - 1)
        default: break
        }
    }
}

extension Span<UInt8> {
    /// Where the element that begins at `start` ends: at a comma or `]` outside of it, or at the end.
    func elementEnd(from start: Int) -> Int {
        var scanner = StructureScanner()
        for index in start..<count {
            let byte = self[index]
            if scanner.depth == 0, !scanner.isInString, byte == .comma || byte == .closeBracket {
                return index
            }
            scanner.step(byte)
        }
        return count
    }

    /// Where the object, array or string at `start` ends; nil if a line break comes first inside a
    /// string or, for what may span lines, in front of a line that begins another object.
    func valueEnd(from start: Int, withinLine: Bool) -> Int? {
        var scanner = StructureScanner()
        for index in start..<count {
            let byte = self[index]
            if byte == .lineFeed {
                let beginsObject = index + 1 < count && self[index + 1] == .openBrace
                if withinLine || scanner.isInString || beginsObject { return nil }
            }
            scanner.step(byte)
            if scanner.depth == 0, !scanner.isInString { return index + 1 }
        }
        return nil
    }
}
