// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Finds where the next object begins behind one that is no JSON.
///
/// Clients that put text into JSON unescaped send such objects among good ones.
struct BoundarySearch {
    /// The members that the first of a record may be, with their quotes.
    private let firstMembers: [StaticString]
    /// How much may be read again: what reading has reached may be far beyond where the next object
    /// begins, as in a string without its closing quote.
    private var rereading = 0

    init(firstMembers: [StaticString]) { self.firstMembers = firstMembers }

    mutating func begin(byteCount: Int) { rereading = 4 * byteCount }

    /// Where the next object begins; the end of `body` if there is none.
    ///
    /// That is behind the first line break behind the mistake, or at an object that follows a brace.
    /// Where a comma is between them, as in arrays, or no brace is in front, the object may be inside
    /// of the bad one; its first member then has to be one that records have.
    ///
    /// - Parameters:
    ///   - start: where the object begins that is no JSON.
    ///   - mistake: where that was found.
    mutating func boundary(_ body: Span<UInt8>, behind start: Int, mistake: Int) -> Int {
        rereading -= max(mistake - start, 0)
        let isObject = body[start] == .openBrace
        var index = rereading > 0 ? start : max(start, mistake)
        while index < body.count {
            switch body[index] {
            case .lineFeed where index >= mistake: return index + 1
            case .closeBrace:
                if let next = beginning(body, at: index + 1) { return next }
            case .openBrace where !isObject && isRecord(body, at: index): return index
            default: break
            }
            index += 1
        }
        return body.count
    }

    /// Where an object begins that stands at `start` or behind white space and a comma.
    private func beginning(_ body: Span<UInt8>, at start: Int) -> Int? {
        var index = start
        var hasComma = false
        while index < body.count, body[index].isJSONSpace || body[index] == .comma {
            if body[index] == .comma { hasComma = true }
            index += 1
        }
        guard index < body.count, body[index] == .openBrace else { return nil }
        if hasComma { return isRecord(body, at: index) ? index : nil }
        let name = beginningOfName(body, at: index)
        return name < body.count && body[name] == .quote ? index : nil
    }

    /// Whether the first member of the object at `start` is one that records have.
    private func isRecord(_ body: Span<UInt8>, at start: Int) -> Bool {
        let name = beginningOfName(body, at: start)
        let rest = body.extracting(name...)
        return firstMembers.contains { rest.begins($0) }
    }

    private func beginningOfName(_ body: Span<UInt8>, at start: Int) -> Int {
        var index = start + 1
        while index < body.count, body[index].isJSONSpace { index += 1 }
        return index
    }
}

extension Span<UInt8> {
    fileprivate func begins(_ literal: StaticString) -> Bool {
        let length = literal.utf8CodeUnitCount
        return count >= length && extracting(..<length).equals(literal)
    }
}
