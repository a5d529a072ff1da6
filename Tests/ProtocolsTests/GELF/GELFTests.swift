// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import HTTP
import Ingest
import Protocols
import Testing

struct GELFTests {
    private static let message =
        #"{"version":"1.1","host":"h","short_message":"a\nb","timestamp":1385053862.3072,"level":1,"_id":7,"x": "é" }"#
    /// `{"a":1}` in the formats that the label `gzip,deflate` stands for.
    private static let gzip: [UInt8] = [
        31, 139, 8, 0, 0, 0, 0, 0, 2, 3, 171, 86, 74, 84, 178, 50, 172, 5, 0, 175, 172, 27, 86, 7,
        0, 0, 0,
    ]
    private static let zlib: [UInt8] = [
        120, 156, 171, 86, 74, 84, 178, 50, 172, 5, 0, 8, 42, 2, 9,
    ]

    private static func send(_ body: [UInt8], _ fields: String = "") throws -> Exchange {
        try Exchange(GELFProtocol(), "/gelf", fields: fields, body)
    }

    @Test(arguments: [
        (message, [message]),
        // Several in one body, however they are divided.
        (message + "\n" + message, [message, message]), (message + message, [message, message]),
        ("[\(message),{}]", [message, "{}"]),
        // Line breaks inside of an object.
        (
            "{\n  \"host\": \"h\",\n  \"short_message\": \"m\"\n}\n",
            [#"{  "host": "h",  "short_message": "m"}"#]
        ),
        // Nothing is demanded, and a time may be text.
        ("{}", ["{}"]),
        (#"{"timestamp":"1385053862.3072"}"#, [#"{"timestamp":"1385053862.3072"}"#]),
    ])
    func `a message passes byte for byte`(body: String, lines: [String]) throws {
        let exchange = try Self.send(Array(body.utf8))
        #expect(exchange.lines == lines && exchange.rejected == [])
        #expect(exchange.status == 202 && exchange.answer == "" && exchange.contentType == "")
    }

    @Test(arguments: ["gzip,deflate", "gzip, deflate", "deflate, gzip", "GZIP,DEFLATE"])
    func `the label of both codings means that the bytes tell`(label: String) throws {
        let fields = "Content-Encoding: \(label)\r\n"
        for body in [Self.gzip, Self.zlib, Array(#"{"a":1}"#.utf8)] {
            let exchange = try Self.send(body, fields)
            #expect(exchange.lines == [#"{"a":1}"#] && exchange.status == 202)
        }
    }

    @Test
    func `a single coding is what it says`() throws {
        #expect(try Self.send(Self.gzip, "Content-Encoding: gzip\r\n").lines == [#"{"a":1}"#])
        #expect(try Self.send(Self.zlib, "Content-Encoding: deflate\r\n").lines == [#"{"a":1}"#])
        #expect(try Self.send(Self.zlib, "Content-Encoding: gzip\r\n").error == .notCompressed)
        #expect(throws: Refusal.self) { try Self.send(Self.zlib, "Content-Encoding: br\r\n") }
    }

    @Test(arguments: [
        ("garbage", "garbage"), (#"{"a"}"#, #"{\"a\"}"#), (#"{"a":"#, #"{\"a\":"#), ("7", "7"),
    ])
    func `what is no message is kept as rejected and accepted all the same`(
        body: String, raw: String
    ) throws {
        let exchange = try Self.send(Array((Self.message + "\n" + body).utf8))
        #expect(exchange.lines == [Self.message])
        #expect(exchange.rejected.count == 1 && exchange.rejected[0].contains("\"raw\":\"\(raw)\""))
        #expect(exchange.status == 202)
        #expect(try Self.send(Array(body.utf8)).status == 202)
    }

    @Test
    func `any list of codings tells nothing on other paths`() throws {
        let fields = "Content-Encoding: gzip,deflate\r\n"
        #expect(throws: Refusal.self) {
            try Exchange(LogplexProtocol(), "/logplex", fields: fields, Self.zlib)
        }
    }
}
