// SPDX-License-Identifier: Apache-2.0

import Testing

/// Heads may be as long as configured and no longer; the answer names the limit.
struct RefusesLongHeadsTests {
    private static let environment = [
        "CORDWOOD_LIMITS_REQUEST_LINE_BYTES": "300", "CORDWOOD_LIMITS_HEADER_BYTES": "1100",
        "CORDWOOD_LIMITS_HEADER_COUNT": "7",
    ]

    /// A head that has `count` of what is limited.
    enum Measure: CaseIterable {
        case requestLine, headerBytes, headerCount

        func head(_ count: Int) -> String {
            switch self {
            case .requestLine:
                let padding = text(count - "GET /livez? HTTP/1.1".utf8.count)
                return "GET /livez?\(padding) HTTP/1.1\r\nHost: a\r\n\r\n"
            case .headerBytes:
                let padding = text(count - "Host: a\r\nX: \r\n".utf8.count)
                return "GET /livez HTTP/1.1\r\nHost: a\r\nX: \(padding)\r\n\r\n"
            case .headerCount:
                let others = String(repeating: "X: y\r\n", count: count - 1)
                return "GET /livez HTTP/1.1\r\nHost: a\r\n\(others)\r\n"
            }
        }

        var refusal: (status: Int, code: String, limit: Int) {
            switch self {
            case .requestLine: (414, "request_line_too_long", 300)
            case .headerBytes: (431, "headers_too_large", 1100)
            case .headerCount: (431, "too_many_headers", 7)
            }
        }

        private func text(_ count: Int) -> String { String(repeating: "a", count: count) }
    }

    @Test(arguments: Measure.allCases)
    func `a head at its limit is accepted, and one beyond it is not`(measure: Measure) throws {
        try RunningService.run(environment: Self.environment) { service in
            let (status, code, limit) = measure.refusal
            let exact = try service.connect()
            try exact.send(measure.head(limit))
            let taken = try #require(try exact.response())
            #expect(taken.status == 200 && !taken.closes)
            let longer = try service.connect()
            try longer.send(measure.head(limit + 1))
            let refused = try #require(try longer.response())
            #expect(refused.status == status && refused.closes)
            #expect(try refused.failure.code == code)
            #expect(try refused.failure.limit == limit)
            #expect(try longer.hasEnded())
        }
    }
}
