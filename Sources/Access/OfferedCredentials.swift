// SPDX-License-Identifier: Apache-2.0

import Bytes

/// The form of the credentials in the field Authorization (RFC 9110, 11.6.2).
enum OfferedCredentials: Equatable {
    /// Nothing, or an unknown scheme.
    case none
    /// A secret, unencoded: `Bearer` (RFC 6750, 2.1) and, for the clients of a well-known
    /// collector, `Splunk`.
    case secret(Range<Int>)
    /// `Basic` (RFC 7617, 2), and `ApiKey` of the clients of Elasticsearch: Base64 of a name, a colon
    /// and a secret.
    case nameAndSecret(Range<Int>)

    /// Reads the value of the field, to which the ranges refer.
    init(_ value: Span<UInt8>) {
        let schemeEnd = value.firstIndex(of: UInt8(ascii: " "), from: 0)
        var start = schemeEnd
        // RFC 9110, 11.4: one space or more.
        while start < value.count, value[start] == UInt8(ascii: " ") { start += 1 }
        let credentials = start..<value.count
        // Names of schemes are case-insensitive (RFC 9110, 11.1).
        let scheme = 0..<schemeEnd
        if value.equalsIgnoringCase(scheme, "bearer") || value.equalsIgnoringCase(scheme, "splunk")
        {
            self = .secret(credentials)
        } else if value.equalsIgnoringCase(scheme, "basic")
            || value.equalsIgnoringCase(scheme, "apikey")
        {
            self = .nameAndSecret(credentials)
        } else {
            self = .none
        }
    }
}
