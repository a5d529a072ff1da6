// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HTTP

@Suite struct RequestErrorTests {
    @Test func `every error has a code of its own that a program can compare`() {
        let codes = RequestError.allCases.map { "\($0.code)" }
        #expect(Set(codes).count == codes.count)
        for code in codes {
            #expect(code.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" }, "\(code)")
        }
    }

    @Test(arguments: RequestError.allCases)
    func `a message is a sentence that JSON need not escape`(error: RequestError) {
        let message = "\(error.message)"
        #expect(message.hasSuffix("."))
        #expect(message.allSatisfy { $0.isASCII && $0 != "\"" && $0 != "\\" && $0 != "\n" })
        #expect(!message.contains("  "))
    }

    @Test func `an error other than a malformed request has its own status`() {
        let others = RequestError.allCases.filter { $0.status != .badRequest }
        #expect(
            others.map { "\($0.status.code) \($0)" }.sorted() == [
                "408 requestTimeout", "411 missingLength",
                "413 bodyTooLarge", "414 requestLineTooLong",
                "417 unsupportedExpectation",
                "431 headersTooLarge", "431 tooManyHeaders", "431 trailersTooLarge",
                "501 unsupportedTransferCoding", "505 unsupportedVersion",
            ])
    }

    @Test func `every error is reached by the tables`() {
        let reached = Set((HeadCase.all.map(\.expected) + ChunkCase.all.map(\.expected)))
        let missing = RequestError.allCases.filter { !reached.contains("\($0.code)") }
        // They are the clock's and the handshake's, not the parsers'.
        #expect(missing == [.plainRequestToTLS, .requestTimeout])
    }
}
