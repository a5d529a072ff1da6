import HTTP

/// Which pages of other origins a browser lets read the answers (the CORS protocol of the WHATWG's
/// Fetch standard).
///
/// Whatever may be sent is written once, at the start; a request costs a comparison for each of the
/// origins. Cookies and other credentials that a browser has by itself are not supported, which is
/// why `Access-Control-Allow-Credentials` is never sent: a token goes into a header field.
struct CORSPolicy {
    fileprivate struct Rule {
        /// Empty: any.
        let origin: [UInt8]
        /// What the encoder keeps for all answers but those to preflights.
        let answers: Range<Int>
        let preflights: Range<Int>
        /// To `/log`, which has other methods.
        let logPreflights: Range<Int>
    }

    private let rules: [Rule]

    /// Nil where no origin is allowed.
    init?(_ settings: Configuration.CORS, keptBy encoder: inout ResponseEncoder) {
        if settings.allowOrigins.isEmpty { return nil }
        var rules: [Rule] = []
        for allowed in settings.allowOrigins {
            var origin: [UInt8] = []
            var fields = "Access-Control-Allow-Origin: \(allowed)\r\n"
            if case .origin(let text) = allowed {
                origin = Array(text.utf8)
                // Another origin's answer is another one (RFC 9110, 12.5.5).
                fields += "Vary: Origin\r\n"
            }
            let answers = encoder.keep(
                fields: fields + "Access-Control-Expose-Headers: X-Request-Id, Retry-After\r\n")
            func preflights(_ methods: String) -> Range<Int> {
                encoder.keep(
                    fields: fields + "Access-Control-Allow-Methods: \(methods)\r\n"
                        + "Access-Control-Allow-Headers: Authorization, Content-Type,"
                        + " Content-Encoding, X-Api-Key, X-Request-Id\r\n"
                        + "Access-Control-Max-Age: \(settings.maxAgeSeconds)\r\n")
            }
            rules.append(
                Rule(
                    origin: origin, answers: answers, preflights: preflights("POST, PUT"),
                    logPreflights: preflights("GET, POST")))
        }
        self.rules = rules
    }

    /// Where the encoder keeps what is sent to the page that `head` comes from; empty: nothing is.
    func fields(_ route: Route, _ head: RequestHead, _ bytes: Span<UInt8>) -> Range<Int> {
        guard route.isIngest, !head.origin.isEmpty else { return 0..<0 }
        let origin = bytes.extracting(head.origin)
        for index in rules.indices where rules[index].allows(origin) {
            if !head.isPreflight { return rules[index].answers }
            return route == .log ? rules[index].logPreflights : rules[index].preflights
        }
        return 0..<0
    }
}

extension CORSPolicy.Rule {
    /// Origins are compared byte for byte.
    fileprivate func allows(_ other: Span<UInt8>) -> Bool {
        origin.isEmpty || other.equals(origin.span)
    }
}
