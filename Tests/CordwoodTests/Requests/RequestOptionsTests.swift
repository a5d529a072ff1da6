// SPDX-License-Identifier: Apache-2.0

import HTTP
import Protocols
import Testing

@testable import Cordwood

struct RequestOptionsTests {
    @Test(arguments: [
        ("atomic=true", true, nil), ("atomic", true, nil), ("atomic=", true, nil),
        ("atomic=false", false, nil), ("atomic=0", false, nil), ("ack=fsync", false, true),
        ("ack=write", false, false), ("a=b&ack=fsync&atomic=1", true, true),
        ("%61tomic=tru%65", true, nil), ("&&=&", false, nil), ("atomics=x&ac=y", false, nil),
    ])
    func `the query says what is asked for`(query: String, isAtomic: Bool, isDurable: Bool?) throws
    {
        let options = try options(query)
        #expect(options.isAtomic == isAtomic && options.isDurable == isDurable)
    }

    @Test(arguments: [
        ("ack=fsynk", "invalid_ack"), ("ack=", "invalid_ack"), ("ack", "invalid_ack"),
        ("ack=FSYNC", "invalid_ack"), ("ack=maybe&ack=fsync", "invalid_ack"),
        ("atomic=yes", "invalid_atomic"), ("x=y&atomic=True", "invalid_atomic"),
        ("ack=fsync&atomic=%74rue%20", "invalid_atomic"),
    ])
    func `an invalid value of an option is a mistake`(query: String, code: String) throws {
        let problem = #expect(throws: Problem.self) { try options(query) }
        #expect("\(try #require(problem).refusal.code)" == code)
    }

    private func options(_ query: String) throws -> RequestOptions {
        let bytes = Array("POST /logs?\(query) HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        var parser = RequestParser(limits: Limits())
        let head = try #require(try parser.parse(bytes.span, .service))
        return try RequestOptions(head, bytes.span)
    }
}
