// SPDX-License-Identifier: Apache-2.0

/// A request method (RFC 9110, 9); names are case-sensitive.
package enum Method: UInt8, Sendable {
    case get, head, post, put, patch, delete, options, trace, connect
    /// A well-formed method that this server does not know.
    case other

    init(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        func matches(_ name: StaticString) -> Bool { bytes.equals(range, name) }
        self =
            switch range.count {
            case 3: matches("GET") ? .get : matches("PUT") ? .put : .other
            case 4: matches("POST") ? .post : matches("HEAD") ? .head : .other
            case 5: matches("PATCH") ? .patch : matches("TRACE") ? .trace : .other
            case 6: matches("DELETE") ? .delete : .other
            case 7: matches("OPTIONS") ? .options : matches("CONNECT") ? .connect : .other
            default: .other
            }
    }
}
