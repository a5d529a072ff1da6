// SPDX-License-Identifier: Apache-2.0

import Bytes
import CordwoodConfiguration
import HTTP
import Protocols

/// The pages of other origins that may read the answers in a browser (the CORS protocol of the
/// WHATWG's Fetch standard).
///
/// All header fields are written once, at the start; a request costs a comparison with each of the
/// origins. Cookies and other credentials that a browser adds by itself are not supported, so
/// `Access-Control-Allow-Credentials` is never sent: a token goes into a header field.
struct CORSPolicy {
    fileprivate struct Rule {
        /// Empty for any.
        let origin: [UInt8]
        /// The encoder's fields for all answers except those to preflights.
        let answers: Range<Int>
        /// The same for preflights, by the place of the endpoint.
        let preflights: [Range<Int>]
    }

    private let rules: [Rule]

    /// Nil if no origin is allowed.
    init?(
        _ settings: Configuration.CORS, _ endpoints: [Endpoint],
        keptBy encoder: inout ResponseEncoder
    ) {
        if settings.allowOrigins.isEmpty { return nil }
        var rules: [Rule] = []
        for allowed in settings.allowOrigins {
            var origin: [UInt8] = []
            var fields = "Access-Control-Allow-Origin: \(allowed)\r\n"
            if case .origin(let text) = allowed {
                origin = Array(text.utf8)
                // The answer differs by origin, so caches must keep them apart (RFC 9110, 12.5.5).
                fields += "Vary: Origin\r\n"
            }
            let answers = encoder.keep(
                fields: fields + "Access-Control-Expose-Headers: X-Request-Id, Retry-After\r\n")
            var kept: [MethodSet: Range<Int>] = [:]
            var preflights: [Range<Int>] = []
            for endpoint in endpoints {
                let methods = endpoint.methods.intersection([.get, .post, .put])
                let place =
                    kept[methods]
                    ?? encoder.keep(fields: fields + Self.preflight(methods, settings))
                kept[methods] = place
                preflights.append(place)
            }
            rules.append(Rule(origin: origin, answers: answers, preflights: preflights))
        }
        self.rules = rules
    }

    private static func preflight(_ methods: MethodSet, _ settings: Configuration.CORS) -> String {
        "Access-Control-Allow-Methods: \(methods)\r\n"
            + "Access-Control-Allow-Headers: Authorization, Content-Type,"
            + " Content-Encoding, X-Api-Key, X-Request-Id\r\n"
            + "Access-Control-Max-Age: \(settings.maxAgeSeconds)\r\n"
    }

    /// The place of the rule for the page that `head` comes from; nil if there is none.
    ///
    /// Origins are compared byte for byte.
    func rule(for head: RequestHead, _ bytes: Span<UInt8>) -> Int? {
        guard !head[.origin].isEmpty else { return nil }
        let origin = bytes.extracting(head[.origin])
        for index in rules.indices where rules[index].allows(origin) { return index }
        return nil
    }

    /// The place of the encoder's fields for the answer to a request for the endpoint at `route`.
    func fields(_ rule: Int, route: Int, isPreflight: Bool) -> Range<Int> {
        isPreflight ? rules[rule].preflights[route] : rules[rule].answers
    }
}

extension CORSPolicy.Rule {
    fileprivate func allows(_ other: Span<UInt8>) -> Bool {
        origin.isEmpty || other.equals(origin.span)
    }
}
