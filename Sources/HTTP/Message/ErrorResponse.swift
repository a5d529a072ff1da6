// SPDX-License-Identifier: Apache-2.0

import Bytes

extension ResponseEncoder {
    /// Appends an error with the body `{"error":{"code":…,"message":…}}`, which includes `limit` if
    /// the request exceeded one.
    ///
    /// `code` and `message` must not contain characters that JSON escapes.
    package func encodeError(
        _ status: Status, code: StaticString, message: StaticString, limit: Int? = nil,
        requestID: Span<UInt8>, close: Bool, headers: ResponseHeaders = ResponseHeaders(),
        isHead: Bool = false, into out: inout ByteBuffer
    ) {
        let opening: StaticString = "{\"error\":{\"code\":\""
        let middle: StaticString = "\",\"message\":\""
        let limitName: StaticString = ",\"limit\":"
        var byteCount =
            opening.utf8CodeUnitCount + code.utf8CodeUnitCount + middle.utf8CodeUnitCount
            + message.utf8CodeUnitCount + 3
        if let limit { byteCount += limitName.utf8CodeUnitCount + Self.digitCount(of: limit) }
        out.reserve(512 + headers.kept.count + byteCount)
        encodeHead(
            status, contentType: "application/json", requestID: requestID, close: close,
            headers: headers, bodyByteCount: byteCount, into: &out)
        if isHead { return }
        let start = out.count
        out.append(opening)
        out.append(code)
        out.append(middle)
        out.append(message)
        out.append(UInt8(ascii: "\""))
        if let limit {
            out.append(limitName)
            out.append(decimal: limit)
        }
        out.append("}}")
        assert(out.count - start == byteCount)
    }

    /// How many decimal digits a limit has; it is never negative.
    private static func digitCount(of value: Int) -> Int {
        var count = 1
        var rest = value / 10
        while rest > 0 {
            count += 1
            rest /= 10
        }
        return count
    }
}
