// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest

/// The answer of the bulk API, from notes and results.
///
/// It says `errors` before `items` and has no blanks, because Fluent Bit looks for the very text
/// `"errors":false,"items":[` where it does not read an answer to its end (out_es/es.c). An item has
/// what clients demand and no more, so that the answer stays short.
struct ItemAnswer: ~Copyable {
    /// The text of an item of the current run that was carried out, with a comma.
    private var item = ByteBuffer(capacity: 256)

    /// Appends the answer.
    ///
    /// - Parameter results: of each action that has a line, in order: 0 if it was written, otherwise
    ///   the raw value of its `RejectionReason` plus one.
    mutating func append(
        _ notes: Span<UInt8>, results: Span<UInt8>, to text: inout ByteBuffer
    ) {
        text.append("{\"took\":0")
        text.append(
            results.isAllZero ? ",\"errors\":false,\"items\":[" : ",\"errors\":true,\"items\":[")
        var runs = ItemNotesReader(notes)
        var place = 0
        let start = text.count
        while runs.next(notes) {
            prepare(runs.kind, index: notes.extracting(runs.index))
            for _ in 0..<runs.count {
                let result = runs.isWritten && place < results.count ? results[place] : 0
                if runs.isWritten { place += 1 }
                if result == 0 {
                    text.append(item)
                } else {
                    Self.append(
                        runs.kind, index: notes.extracting(runs.index), result: result, to: &text)
                }
            }
        }
        if text.count > start { text.truncate(to: text.count - 1) }
        text.append("]}")
    }

    private mutating func prepare(_ kind: BulkActionKind, index: Span<UInt8>) {
        item.removeAll()
        Self.appendHead(kind, index, to: &item)
        item.append(kind.status)
        item.append("}},")
    }

    private static func append(
        _ kind: BulkActionKind, index: Span<UInt8>, result: UInt8, to text: inout ByteBuffer
    ) {
        appendHead(kind, index, to: &text)
        text.append("400,\"error\":")
        let reason = RejectionReason(rawValue: result - 1) ?? .invalidJSON
        appendError("document_parsing_exception", reason.sentence, to: &text)
        text.append("}},")
    }

    private static func appendHead(
        _ kind: BulkActionKind, _ index: Span<UInt8>, to text: inout ByteBuffer
    ) {
        text.append("{\"")
        text.append(kind.name)
        text.append("\":{\"_index\":\"")
        text.append(index)
        text.append("\",\"status\":")
    }

    /// Appends the object that says what went wrong.
    static func appendError(
        _ type: StaticString, _ reason: StaticString, to text: inout ByteBuffer
    ) {
        text.append("{\"type\":\"")
        text.append(type)
        text.append("\",\"reason\":\"")
        text.append(reason)
        text.append("\"}")
    }
}

extension RejectionReason {
    /// What the answer says of a document.
    var sentence: StaticString {
        switch self {
        case .invalidJSON: "[invalid_json] the document is no JSON"
        case .invalidUTF8: "[invalid_utf8] the text is not UTF-8"
        case .notAnObject: "[not_an_object] the document is no JSON object"
        case .tooLarge: "[record_too_large] the document is larger than the limit of a record"
        case .tooDeep: "[too_deep] the document is nested deeper than the limit"
        case .numberTooLong: "[number_too_long] a number has more digits than the limit"
        case .tooManyFields: "[too_many_fields] there are more fields than the limit"
        case .malformed: "[malformed] the line is no action, or has no document"
        case .withheld:
            "[withheld] another document was rejected, and all or none was asked for"
        }
    }
}

extension Span<UInt8> {
    fileprivate var isAllZero: Bool {
        var index = 0
        let octets = bytes
        while index &+ 8 <= count {
            if octets.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self) != 0 {
                return false
            }
            index &+= 8
        }
        while index < count {
            if self[index] != 0 { return false }
            index &+= 1
        }
        return true
    }
}
