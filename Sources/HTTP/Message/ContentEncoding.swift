// SPDX-License-Identifier: Apache-2.0

/// The coding of a body (RFC 9110, 8.4).
package enum ContentEncoding: UInt8, Sendable {
    case identity, gzip, deflate, zstd
    /// Supported only where a protocol prescribes it.
    case snappy
    // Unsupported codings: the answer is 415, and names the coding.
    case brotli, compress
    /// `none`, which some clients send for `identity`.
    case none
    /// A list of codings.
    case several
    /// Any other coding.
    case unsupported

    /// Whether bodies of this coding are read on every path.
    package var isSupported: Bool { rawValue <= ContentEncoding.zstd.rawValue }

    /// Reads the list of codings; `identity` does not count as a member.
    init(_ bytes: Span<UInt8>, _ value: Range<Int>) {
        self = .identity
        var members = ListMembers(value)
        while let member = members.next(in: bytes) {
            let coding = Self.coding(bytes, member)
            if coding == .identity { continue }
            // RFC 9110, 8.4: several codings were applied one after the other. Inflating twice
            // would square the ratio that the limit on one pass allows.
            guard self == .identity else {
                self = .several
                return
            }
            self = coding
        }
    }

    private static func coding(_ bytes: Span<UInt8>, _ range: Range<Int>) -> ContentEncoding {
        func matches(_ name: StaticString) -> Bool { bytes.equalsIgnoringCase(range, name) }
        // RFC 9110, 8.4.1.3: a recipient should treat x-gzip as gzip.
        if matches("gzip") || matches("x-gzip") { return .gzip }
        // OpenTelemetry's Collector offers deflate by the name of its format as well.
        if matches("deflate") || matches("zlib") { return .deflate }
        if matches("zstd") { return .zstd }
        if matches("identity") { return .identity }
        if matches("br") { return .brotli }
        if matches("snappy") { return .snappy }
        if matches("compress") || matches("x-compress") { return .compress }
        return matches("none") ? .none : .unsupported
    }
}
