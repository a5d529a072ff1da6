/// What the field Authorization offers (RFC 9110, 11.6.2), as far as its form goes.
package enum OfferedCredentials: Equatable, Sendable {
    /// Nothing, or a scheme that is not known here.
    case none
    /// A secret, as it stands: `Bearer` (RFC 6750, 2.1) and, for the clients of a well-known
    /// collector, `Splunk`.
    case secret(Range<Int>)
    /// `Basic` (RFC 7617, 2): Base64 of a name, a colon and a secret.
    case nameAndSecret(Range<Int>)

    /// Reads the value of the field, which lies at `value`.
    package init(_ bytes: Span<UInt8>, _ value: Range<Int>) {
        let schemeEnd = bytes.first(of: UInt8(ascii: " "), in: value) ?? value.upperBound
        var start = schemeEnd
        // RFC 9110, 11.4: one space or more.
        while start < value.upperBound, bytes[start] == UInt8(ascii: " ") { start += 1 }
        let credentials = start..<value.upperBound
        // Names of schemes are case-insensitive (RFC 9110, 11.1).
        let scheme = value.lowerBound..<schemeEnd
        if bytes.equalsIgnoringCase(scheme, "bearer") || bytes.equalsIgnoringCase(scheme, "splunk")
        {
            self = .secret(credentials)
        } else if bytes.equalsIgnoringCase(scheme, "basic") {
            self = .nameAndSecret(credentials)
        } else {
            self = .none
        }
    }
}
