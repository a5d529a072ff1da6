// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest

/// The answers of Elasticsearch's interface.
///
/// All of them have `X-Elastic-Product`: without it the official clients raise an error behind a
/// request that was successful.
enum ElasticsearchAnswers {
    private static var product: StaticString { "X-Elastic-Product: Elasticsearch\r\n" }

    private static func json(_ status: Status = .ok) -> Response {
        Response(status, "application/json", fields: product)
    }

    // MARK: Documents

    /// Appends the answer to a request that brought documents.
    ///
    /// - Parameters:
    ///   - notes: of `ElasticsearchReader`.
    ///   - results: of each action that has a line.
    static func append(
        _ notes: Span<UInt8>, results: Span<UInt8>, to text: inout ByteBuffer
    ) -> Response {
        guard !notes.isEmpty else { return found(into: &text) }
        let rest = notes.extracting(1...)
        if notes[0] == ElasticsearchReader.documentNotes {
            return append(document: rest, result: results.isEmpty ? 0 : results[0], to: &text)
        }
        var answer = ItemAnswer()
        answer.append(rest, results: results, to: &text)
        return json()
    }

    private static func append(
        document notes: Span<UInt8>, result: UInt8, to text: inout ByteBuffer
    ) -> Response {
        if result != 0 {
            let reason = RejectionReason(rawValue: result - 1) ?? .invalidJSON
            return append(
                .badRequest, type: "document_parsing_exception", reason: reason.sentence, to: &text)
        }
        let kind = BulkActionKind(rawValue: notes[0]) ?? .index
        var at = 1
        text.append("{\"_index\":\"")
        appendNext(notes, &at, to: &text)
        text.append("\",\"_id\":\"")
        appendNext(notes, &at, to: &text)
        text.append("\",\"_version\":1,\"result\":\"")
        text.append(kind == .update ? "updated" : "created")
        text.append(
            "\",\"_shards\":{\"total\":1,\"successful\":1,\"failed\":0},\"_seq_no\":0,\"_primary_term\":1}"
        )
        return json(kind == .update ? .ok : .created)
    }

    private static func appendNext(
        _ notes: Span<UInt8>, _ at: inout Int, to text: inout ByteBuffer
    ) {
        let length = notes.varint(at: &at)
        text.append(notes.extracting(at..<at + length))
        at += length
    }

    // MARK: Set-up

    /// Says what this is, and of which version.
    ///
    /// Logstash and Beats only report `cluster_uuid` with their own metrics. It is a constant, because
    /// all processes must say the same, also after a restart, and nothing here needs to tell two
    /// services apart by it.
    static func root(version: String, into text: inout ByteBuffer) -> Response {
        text.append(
            "{\"name\":\"cordwood\",\"cluster_name\":\"cordwood\",\"cluster_uuid\":\"Y29yZHdvb2QtY2x1c3Rlcg\",\"version\":{\"number\":"
        )
        text.append(jsonString: version)
        text.append(",\"build_flavor\":\"default\"},\"tagline\":\"You Know, for Search\"}")
        return json()
    }

    /// Says that there is a license without an end.
    static func license(into text: inout ByteBuffer) -> Response {
        text.append(
            "{\"license\":{\"uid\":\"00000000-0000-0000-0000-000000000000\",\"type\":\"basic\",\"status\":\"active\",\"expiry_date_in_millis\":4000000000000}}"
        )
        return json()
    }

    /// Says that what the client asks for is there.
    static func found(into text: inout ByteBuffer) -> Response {
        text.append("{}")
        return json()
    }

    /// Says that what the client makes is made.
    static func acknowledged(into text: inout ByteBuffer) -> Response {
        text.append("{\"acknowledged\":true}")
        return json()
    }

    // MARK: Refusals

    /// Says why nothing of a request was used.
    static func refusal(_ refusal: Refusal, into text: inout ByteBuffer) -> Response {
        append(refusal.status, type: refusal.type, reason: refusal.message, to: &text)
    }

    private static func append(
        _ status: Status, type: StaticString, reason: StaticString, to text: inout ByteBuffer
    ) -> Response {
        text.append("{\"error\":")
        ItemAnswer.appendError(type, reason, to: &text)
        text.append(",\"status\":")
        text.append(decimal: Int(status.code))
        text.append("}")
        return json(status)
    }
}

extension Refusal {
    /// What Elasticsearch calls the error.
    fileprivate var type: StaticString {
        switch status {
        case .unauthorized, .forbidden: "security_exception"
        case .serviceUnavailable, .tooManyRequests: "unavailable"
        case .contentTooLarge: "content_too_long_exception"
        default: status.code < 500 ? "illegal_argument_exception" : "exception"
        }
    }
}
