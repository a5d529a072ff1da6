// SPDX-License-Identifier: Apache-2.0

/// Finds the lines of a head, and rejects octets that no line may contain.
///
/// Which error it finds depends only on the position of the offending octet, not on how the bytes
/// arrived, and it never searches a byte twice.
struct HeadLineReader: Sendable {
    private(set) var start = 0
    private(set) var scanned = 0

    /// The index of the CR that ends the current line, nil when it has not arrived yet.
    ///
    /// The line is over its limit, `tooLong`, when that index would be greater than `lastEnd`.
    @inline(__always)
    mutating func end(
        in bytes: Span<UInt8>, lastEnd: Int, tooLong: RequestError
    ) throws(RequestError) -> Int? {
        let limit = min(bytes.count, lastEnd &+ 1)
        let end = scanned < limit ? bytes.firstControl(in: scanned..<limit) : scanned
        scanned = end
        guard end < limit else {
            if end > lastEnd { throw tooLong }
            return nil
        }
        switch bytes[end] {
        case UInt8(ascii: "\r"): break
        case UInt8(ascii: "\n"): throw .bareLineFeed
        default: throw .controlCharacter
        }
        guard end &+ 1 < bytes.count else { return nil }
        guard bytes[end &+ 1] == UInt8(ascii: "\n") else { throw .bareCarriageReturn }
        return end
    }

    /// Goes on to the line after the CRLF at `end`.
    @inline(__always)
    mutating func advance(past end: Int) {
        start = end &+ 2
        scanned = start
    }
}
