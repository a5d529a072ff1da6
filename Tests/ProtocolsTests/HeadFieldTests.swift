// SPDX-License-Identifier: Apache-2.0

import HTTP
import Testing

@testable import Protocols

struct HeadFieldTests {
    @Test
    func `each field has the name that clients send`() {
        #expect(
            HeadField.allCases.map(\.name) == [
                "authorization", "x-api-key", "x-request-id", "origin",
                "access-control-request-method", "accept", "dd-api-key",
                "x-amz-firehose-access-key", "x-amz-firehose-request-id",
                "x-amz-firehose-source-arn", "x-amz-firehose-common-attributes", "x-scope-orgid",
                "x-splunk-request-channel", "logplex-msg-count", "logplex-frame-id",
                "logplex-drain-token", "user-agent",
            ])
    }

    /// The fields of one head and where they are found again.
    @Test(arguments: HeadField.allCases)
    func `each field is read back by its own name`(field: HeadField) throws {
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\n\(field.name): value\r\n\r\n".utf8)
        var parser = RequestParser()
        let head = try #require(try parser.parse(bytes.span, .service))
        for other in HeadField.allCases {
            let value = String(decoding: bytes[head[other]], as: UTF8.self)
            #expect(value == (other == field ? "value" : ""), "\(other)")
        }
    }

    /// Credentials that come twice would leave to chance which of them count.
    @Test(
        arguments: [
            ("Authorization: a", "authorization: b", nil), ("X-Api-Key: a", "X-Api-Key: a", nil),
            ("X-Request-Id: a", "X-Request-Id: a", ""), ("X-Request-Id: a b", "X-Other: a", ""),
            ("Origin: a", "Origin: b", ""),
            (
                "Access-Control-Request-Method: POST", "Access-Control-Request-Method: PUT", ""
            ),
            ("Origin: a b", "X-Other: a", "a b"),
        ] as [(String, String, String?)])
    func `a field that comes twice is rejected, or ignored if it grants nothing`(
        first: String, second: String, expected: String?
    ) throws {
        let bytes = Array("GET / HTTP/1.1\r\nHost: a\r\n\(first)\r\n\(second)\r\n\r\n".utf8)
        var parser = RequestParser()
        do throws(RequestError) {
            let head = try parser.parse(bytes.span, .service)
            let values = HeadField.allCases.map { field in
                head.map { String(decoding: bytes[$0[field]], as: UTF8.self) } ?? "?"
            }
            #expect(values.joined() == expected)
        } catch {
            #expect(expected == nil && error == .repeatedField)
        }
    }

    @Test(arguments: [
        ("OPTIONS", "Origin: https://a\r\nAccess-Control-Request-Method: POST\r\n", true),
        ("OPTIONS", "Origin: https://a\r\n", false),
        ("OPTIONS", "Access-Control-Request-Method: POST\r\n", false),
        ("POST", "Origin: https://a\r\nAccess-Control-Request-Method: POST\r\n", false),
    ])
    func `a preflight has both fields and the method OPTIONS`(
        method: String, fields: String, expected: Bool
    ) throws {
        var parser = RequestParser()
        let text = "\(method) / HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
        let head = try #require(try parser.parse(Array(text.utf8).span, .service))
        #expect(head.isPreflight == expected)
    }
}
