// SPDX-License-Identifier: Apache-2.0

// Where a value ends when it is too broken, or too large, for the index: only strings and depth are
// followed. A line break cannot occur inside a string, so it is taken to end one.

/// Follows strings and nesting, byte by byte.
struct StructureScanner {
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

/// Looks for the end of a record that the index cannot read, a part of the body at a time.
struct EndSearch {
    enum Rule {
        /// An element of an array: up to a comma or `]` outside of it.
        case element
        /// An object, array or string on one line: where it is balanced, else behind the line.
        case line
        /// An object that may span lines: where it is balanced, else at a line that begins another.
        case lines
        /// Anything else: behind its line.
        case rest
    }

    /// Where the record begins.
    let start: Int
    private let rule: Rule
    private var at: Int
    private var scanner = StructureScanner()
    /// Only the line that begins another object is looked for: this one cannot be balanced.
    private var isBroken = false
    /// Whether the end is where the record is balanced.
    private(set) var isBalanced = false

    init(from start: Int, _ rule: Rule) {
        self.start = start
        self.rule = rule
        at = start
    }

    /// Looks only for the line on which another record begins, behind `place`.
    init(from start: Int, behind place: Int, _ rule: Rule) {
        self.init(from: start, rule == .lines ? .lines : .rest)
        at = place
        isBroken = true
    }

    /// Looks at the next `byteCount` bytes; the end of `body` ends any record.
    ///
    /// - Returns: Where the record ends; nil if that is not known yet.
    mutating func proceed(_ body: Span<UInt8>, _ byteCount: Int) -> Int? {
        let limit = min(at + byteCount, body.count)
        let end: Int? =
            switch rule {
            case .element: elementEnd(body, limit)
            case .line, .lines: valueEnd(body, limit)
            case .rest: lineEnd(body, limit)
            }
        return end ?? (limit == body.count ? limit : nil)
    }

    private mutating func elementEnd(_ body: Span<UInt8>, _ limit: Int) -> Int? {
        while at < limit {
            let byte = body[at]
            if scanner.depth == 0, !scanner.isInString, byte == .comma || byte == .closeBracket {
                return at
            }
            scanner.step(byte)
            at += 1
        }
        return nil
    }

    private mutating func valueEnd(_ body: Span<UInt8>, _ limit: Int) -> Int? {
        while at < limit {
            let byte = body[at]
            at += 1
            if byte == .lineFeed {
                let beginsObject = at < body.count && body[at] == .openBrace
                if rule == .line || beginsObject { return at }
                if scanner.isInString { isBroken = true }
            }
            if isBroken { continue }
            scanner.step(byte)
            if scanner.depth == 0, !scanner.isInString {
                isBalanced = true
                return at
            }
        }
        return nil
    }

    private mutating func lineEnd(_ body: Span<UInt8>, _ limit: Int) -> Int? {
        let lineFeed = body.extracting(0..<limit).firstIndex(of: .lineFeed, from: at)
        at = min(lineFeed + 1, limit)
        return lineFeed < limit ? at : nil
    }
}
