// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP

/// What the head of a delivery says of its records.
struct FirehoseOrigin: ~Copyable {
    private(set) var requestID = ByteBuffer()
    private var sourceARN = ByteBuffer()
    private var attributes = ByteBuffer()

    /// Copies what a head says, whose fields are in `bytes`.
    mutating func read(_ head: RequestHead, _ bytes: Span<UInt8>) {
        requestID.removeAll()
        sourceARN.removeAll()
        attributes.removeAll()
        requestID.append(bytes.extracting(head[.xAmzFirehoseRequestId]))
        sourceARN.append(bytes.extracting(head[.xAmzFirehoseSourceArn]))
        attributes.append(bytes.extracting(head[.xAmzFirehoseCommonAttributes]))
    }

    /// Appends `"_firehose":{…}`; nothing if nothing is known.
    ///
    /// The id is the same when a delivery is sent again.
    ///
    /// - Parameter bodyID: the id in the body, for a head without one.
    func append(bodyID: borrowing ByteBuffer, to member: inout ByteBuffer) {
        member.append("\"_firehose\":{")
        let start = member.count
        Self.append(
            "\"request_id\":", requestID.isEmpty ? bodyID.span : requestID.span, to: &member)
        Self.append("\"source_arn\":", sourceARN.span, to: &member)
        Self.appendAttributes(attributes.span, to: &member)
        guard member.count > start else { return member.removeAll() }
        // The last of them has a comma behind it.
        member.truncate(to: member.count - 1)
        member.append(UInt8(ascii: "}"))
    }

    private static func append(
        _ name: StaticString, _ text: Span<UInt8>, to member: inout ByteBuffer
    ) {
        if text.isEmpty { return }
        member.append(name)
        member.append(jsonText: text)
        member.append(UInt8(ascii: ","))
    }

    /// Appends the object in `{"commonAttributes":{…}}`; what is something else is appended whole, as
    /// JSON if it is an object and as text if not.
    private static func appendAttributes(_ text: Span<UInt8>, to member: inout ByteBuffer) {
        guard let range = object(in: text) else {
            return append("\"common_attributes\":", text, to: &member)
        }
        member.append("\"common_attributes\":")
        member.append(text.extracting(range))
        member.append(UInt8(ascii: ","))
    }

    /// Where the object is in `text`; nil if it is no JSON.
    private static func object(in text: Span<UInt8>) -> Range<Int>? {
        var json = JSONScanner(text)
        do throws(JSONMistake) {
            let whole = try json.skipValue()
            guard whole.kind == UInt8(ascii: "{"), json.isAtEnd() else { return nil }
            json = JSONScanner(text)
            guard try json.openObject() else { return whole.range }
            let name = try json.readKey()
            let value = try json.skipValue()
            let isAlone = try !json.continueObject()
            let isWrapped =
                json.isEqual(name, "commonAttributes") && value.kind == UInt8(ascii: "{")
            return isAlone && isWrapped ? value.range : whole.range
        } catch {
            return nil
        }
    }
}
