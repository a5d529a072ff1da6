// SPDX-License-Identifier: Apache-2.0

import Bytes

/// What an action of the bulk API does; the raw value is the place in notes.
enum BulkActionKind: UInt8, CaseIterable {
    case index, create, update, delete

    /// The member of an action line, and of an item of the answer.
    var name: StaticString {
        switch self {
        case .index: "index"
        case .create: "create"
        case .update: "update"
        case .delete: "delete"
        }
    }

    /// The status of an item that was carried out: 201 for a document that is new, else 200.
    var status: StaticString {
        switch self {
        case .index, .create: "201"
        case .update, .delete: "200"
        }
    }

    /// Whether a document stands on the next line.
    var hasDocument: Bool { self != .delete }
}

/// Where things are in an action line, such as `{"index":{"_index":"logs","_id":"1"}}`.
struct BulkAction {
    let kind: BulkActionKind
    /// The inside of the string that names the index; nil if there is none.
    var index: Range<Int>?
    /// Where the brace is that closes the parameters.
    let end: Int
    /// Whether there are no parameters.
    let isEmpty: Bool

    /// Reads a line that is one valid JSON object; nil if it is no action.
    ///
    /// An action has one member, whose name is a kind and whose value is an object.
    init?(_ line: Span<UInt8>) {
        var cursor = JSONCursor(line, at: 1)
        guard let name = cursor.string() else { return nil }
        let word = line.extracting(name)
        guard let kind = BulkActionKind.allCases.first(where: { word.equals($0.name) }) else {
            return nil
        }
        self.kind = kind
        cursor.skip(UInt8(ascii: ":"))
        guard cursor.byte == UInt8(ascii: "{") else { return nil }
        cursor.skip(UInt8(ascii: "{"))
        isEmpty = cursor.byte == UInt8(ascii: "}")
        while let name = cursor.string() {
            cursor.skip(UInt8(ascii: ":"))
            if line.extracting(name).equals("_index") {
                // Of equal names the last counts.
                index = cursor.string()
                if index == nil { cursor.skipValue() }
            } else {
                cursor.skipValue()
            }
            cursor.skip(UInt8(ascii: ","))
        }
        end = cursor.at
        cursor.skip(UInt8(ascii: "}"))
        // A second member would be another action, whose document would be taken for this one's.
        guard cursor.byte == UInt8(ascii: "}") else { return nil }
    }
}

/// Walks over JSON that is known to be valid.
private struct JSONCursor: ~Escapable {
    private let text: Span<UInt8>
    /// Where the next token is.
    private(set) var at: Int

    @_lifetime(copy text)
    init(_ text: Span<UInt8>, at start: Int) {
        self.text = text
        at = start
        skipWhiteSpace()
    }

    /// The first byte of the next token; 0 at the end.
    var byte: UInt8 { at < text.count ? text[at] : 0 }

    private mutating func skipWhiteSpace() {
        while at < text.count, text[at] <= UInt8(ascii: " ") { at += 1 }
    }

    /// Goes past `token` if it is there.
    mutating func skip(_ token: UInt8) {
        guard byte == token else { return }
        at += 1
        skipWhiteSpace()
    }

    /// Goes past a string and returns where its inside is; nil if there is none.
    mutating func string() -> Range<Int>? {
        guard byte == UInt8(ascii: "\"") else { return nil }
        let start = at + 1
        at = start
        while byte != UInt8(ascii: "\""), at < text.count {
            at += byte == UInt8(ascii: "\\") ? 2 : 1
        }
        let inside = start..<min(at, text.count)
        at += 1
        skipWhiteSpace()
        return inside
    }

    /// Goes past a value of any kind.
    mutating func skipValue() {
        var depth = 0
        while at < text.count {
            switch byte {
            case UInt8(ascii: "\""):
                _ = string()
                if depth == 0 { return }
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { return }
                depth -= 1
                if depth == 0 {
                    at += 1
                    return skipWhiteSpace()
                }
            case UInt8(ascii: ",") where depth == 0: return
            default: break
            }
            at += 1
        }
    }
}
