// SPDX-License-Identifier: Apache-2.0

import Bytes
import Testing

@testable import HTTP

@Suite struct ResponseEncoderTests {
    private static let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    private static let epochSeconds = 784_111_777

    /// What an encoder at a known time writes behind bytes that are already there.
    private func encoded(
        _ encode: (borrowing ResponseEncoder, inout ByteBuffer) -> Void
    ) -> String {
        let encoder = ResponseEncoder(epochSeconds: Self.epochSeconds)
        var out = ByteBuffer()
        out.append("|")
        encode(encoder, &out)
        return text((0..<out.count).map { out.span[$0] })
    }

    @Test func `a response has a date, a length and the given fields`() {
        let identifier = octets("id-1")
        let body = octets("gone\n")
        let response = encoded { encoder, out in
            encoder.encode(
                .serviceUnavailable, contentType: "text/plain", requestID: identifier.span,
                close: true,
                headers: ResponseHeaders(
                    retryAfterSeconds: 7, allow: [.get, .head], wwwAuthenticate: "Bearer"),
                body: body.span, isHead: false, into: &out)
        }
        #expect(
            response == "|HTTP/1.1 503 Service Unavailable\r\n" + Self.date
                + "Content-Type: text/plain\r\nContent-Length: 5\r\nRetry-After: 7\r\n"
                + "Allow: GET, HEAD\r\nWWW-Authenticate: Bearer\r\nX-Request-Id: id-1\r\n"
                + "Connection: close\r\n\r\ngone\n")
    }

    @Test(arguments: [
        (false, false, ""), (false, true, "Connection: keep-alive\r\n"),
        (true, false, "Connection: close\r\n"), (true, true, "Connection: close\r\n"),
    ])
    func `the 200 of an ingest is the same on the fast path`(
        close: Bool, confirms: Bool, connection: String
    ) {
        let identifier = octets("i")
        let body = octets("{\"accepted\":1}")
        let slow = encoded { encoder, out in
            encoder.encode(
                .ok, contentType: "application/json", requestID: identifier.span, close: close,
                headers: ResponseHeaders(confirmsKeepAlive: confirms), body: body.span,
                isHead: false, into: &out)
        }
        let fast = encoded { encoder, out in
            encoder.encodeIngested(
                requestID: identifier.span, close: close, confirmsKeepAlive: confirms,
                body: body.span, into: &out)
        }
        #expect(fast == slow)
        #expect(
            fast == "|HTTP/1.1 200 OK\r\n" + Self.date
                + "Content-Type: application/json\r\nContent-Length: 14\r\nX-Request-Id: i\r\n"
                + connection + "\r\n{\"accepted\":1}")
    }

    @Test func `fields that were given before are the same on both paths`() {
        var encoder = ResponseEncoder(epochSeconds: Self.epochSeconds)
        _ = encoder.keep(fields: "A: 1\r\n")
        let place = encoder.keep(fields: "B: 2\r\nC: 3\r\n")
        // They stay when the time changes, unlike the fields that are written again each second.
        encoder.setTime(epochSeconds: 0)
        encoder.setTime(epochSeconds: Self.epochSeconds)
        var fast = ByteBuffer()
        var slow = ByteBuffer()
        encoder.encodeIngested(
            requestID: Span(), close: false, kept: place, body: Span(), into: &fast)
        encoder.encode(
            .ok, contentType: "application/json", requestID: Span(), close: false,
            headers: ResponseHeaders(kept: place), body: Span(), isHead: false, into: &slow)
        let expected =
            "HTTP/1.1 200 OK\r\n" + Self.date + "Content-Type: application/json\r\n"
            + "Content-Length: 0\r\nB: 2\r\nC: 3\r\n\r\n"
        #expect(text((0..<fast.count).map { fast.span[$0] }) == expected)
        #expect(text((0..<slow.count).map { slow.span[$0] }) == expected)
    }

    @Test func `the answer to HEAD has the length of the body and not the body`() {
        let body = octets("ok\n")
        let response = encoded { encoder, out in
            encoder.encode(
                .ok, contentType: "", requestID: Span(), close: false, body: body.span,
                isHead: true, into: &out)
        }
        #expect(response == "|HTTP/1.1 200 OK\r\n" + Self.date + "Content-Length: 3\r\n\r\n")
    }

    @Test func `a 204 has neither body nor length`() {
        let body = octets("x")
        let response = encoded { encoder, out in
            encoder.encode(
                .noContent, contentType: "text/plain", requestID: Span(), close: false,
                body: body.span, isHead: false, into: &out)
        }
        #expect(response == "|HTTP/1.1 204 No Content\r\n" + Self.date + "\r\n")
    }

    @Test(arguments: RequestError.allCases)
    func `a malformed request is answered in JSON and the connection closed`(error: RequestError) {
        let response = encoded { encoder, out in
            encoder.encodeError(
                error.status, code: error.code, message: error.message,
                limit: error.limit(in: Limits()), requestID: Span(), close: true, into: &out)
        }
        let limit = error.limit(in: Limits()).map { ",\"limit\":\($0)" } ?? ""
        let body =
            "{\"error\":{\"code\":\"\(error.code)\",\"message\":\"\(error.message)\"\(limit)}}"
        #expect(
            response == "|HTTP/1.1 \(error.status.code) \(error.status.reason)\r\n" + Self.date
                + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n"
                + "Connection: close\r\n\r\n" + body)
    }

    @Test func `an error names its limit`() {
        let response = encoded { encoder, out in
            let error = RequestError.bodyTooLarge
            encoder.encodeError(
                error.status, code: error.code, message: error.message,
                limit: error.limit(in: Limits()), requestID: Span(), close: true, into: &out)
        }
        #expect(response.hasSuffix(",\"limit\":33554432}}"))
    }

    @Test func `the interim response is this`() {
        #expect("\(ResponseEncoder.continueLine)" == "HTTP/1.1 100 Continue\r\n\r\n")
    }

    @Test func `the date follows the time that is set`() {
        var encoder = ResponseEncoder(epochSeconds: 1)
        encoder.setTime(epochSeconds: Self.epochSeconds)
        var out = ByteBuffer()
        encoder.encodeIngested(requestID: Span(), close: false, body: Span(), into: &out)
        #expect(text((0..<out.count).map { out.span[$0] }).contains(Self.date))
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (-1, "Wed, 31 Dec 1969 23:59:59 GMT"),
        (951_782_399, "Mon, 28 Feb 2000 23:59:59 GMT"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
        (951_868_800, "Wed, 01 Mar 2000 00:00:00 GMT"),
        (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
        (1_795_392_000, "Mon, 23 Nov 2026 00:00:00 GMT"),
        (1_798_761_599, "Thu, 31 Dec 2026 23:59:59 GMT"),
        (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
    ])
    func `a date is an IMF-fixdate`(epochSeconds: Int, expected: String) {
        var out = ByteBuffer()
        HTTPDate.append(epochSeconds: epochSeconds, to: &out)
        #expect(text((0..<out.count).map { out.span[$0] }) == expected)
    }
}
