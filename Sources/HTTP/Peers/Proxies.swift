// SPDX-License-Identifier: Apache-2.0

import Linux

/// Which proxies are trusted to say who the client is, and where they say it.
package struct Proxies: Sendable, Equatable {
    package var networks: [Network] = []
    /// Whether all peers of a Unix socket are proxies.
    package var includesUnixSockets = false
    package var field = ForwardingField.none
    /// Whether their connections begin with a header of the PROXY protocol.
    package var sendHeader = false

    package init() {}

    /// Whether `host` is a proxy; nil for a Unix socket.
    func trusts(_ host: HostAddress?) -> Bool {
        guard let host else { return includesUnixSockets }
        return networks.contains { $0.contains(host) }
    }
}

/// The field in which proxies name the client.
package enum ForwardingField: Sendable, Equatable {
    case none
    /// `X-Forwarded-For`: a list of addresses.
    case forwardedFor
    /// `Forwarded` (RFC 7239).
    case forwarded

    fileprivate var name: StaticString {
        switch self {
        case .none: ""
        case .forwardedFor: "x-forwarded-for"
        case .forwarded: "forwarded"
        }
    }
}

extension Proxies {
    /// The client of a request that a proxy has passed on, from the field in its head; nil when the
    /// field has no usable address: then the proxy itself is the client.
    ///
    /// Each proxy appends its own peer at the right end of the list; everything further left was
    /// there before, and may be anything if no proxy wrote it. So the list is read from the right,
    /// over the addresses of proxies, up to the first other address. A malformed, `unknown` or
    /// obfuscated element (RFC 7239, 6.2 and 6.3) ends the search at the last address before it.
    ///
    /// Only for heads that were parsed, because their lines are known to end with CRLF.
    func client(of head: RequestHead, _ bytes: Span<UInt8>) -> HostAddress? {
        if field == .none { return nil }
        // After ` HTTP/1.1` and CRLF.
        let firstLine = head.target.upperBound + 11
        var end = head.byteCount - 2
        var client: HostAddress?
        var hopCount = 0
        // Several lines are one list (RFC 9110, 5.3).
        while end > firstLine {
            var start = end - 2
            while start > firstLine, bytes[start - 1] != UInt8(ascii: "\n") { start -= 1 }
            let line = start..<end - 2
            end = start
            guard let value = bytes.dropping(field.name, from: line), !value.isEmpty,
                bytes[value.lowerBound] == UInt8(ascii: ":")
            else { continue }
            var elements = ReversedElements(value.dropFirst(), hasQuotes: field == .forwarded)
            while let element = elements.next(in: bytes) {
                hopCount += 1
                guard hopCount <= Self.hopLimit, let host = host(bytes, element) else {
                    return client
                }
                client = host
                if !trusts(host) { return client }
            }
        }
        return client
    }

    private func host(_ bytes: Span<UInt8>, _ element: Range<Int>) -> HostAddress? {
        if field == .forwardedFor {
            return ForwardedNode.host(bytes, element, mayBeBare: true)
        }
        return ForwardedElement.host(bytes, element)
    }

    /// A longer chain of proxies is treated as a list without end.
    private static var hopLimit: Int { 32 }
}

/// The elements of a list, the last one first, empty ones left out (RFC 9110, 5.6.1).
///
/// A comma in a quoted string does not separate elements. Quotes are matched from the right, where
/// the proxies write: a quotation mark that a client leaves open spoils only the part to its left.
private struct ReversedElements {
    private var rest: Range<Int>
    private let hasQuotes: Bool

    init(_ value: Range<Int>, hasQuotes: Bool) {
        rest = value
        self.hasQuotes = hasQuotes
    }

    mutating func next(in bytes: Span<UInt8>) -> Range<Int>? {
        while !rest.isEmpty {
            let start = start(in: bytes)
            let element = bytes.trimmingWhitespace(start..<rest.upperBound)
            rest = rest.lowerBound..<max(rest.lowerBound, start - 1)
            if !element.isEmpty { return element }
        }
        return nil
    }

    /// Where the last element begins.
    private func start(in bytes: Span<UInt8>) -> Int {
        var index = rest.upperBound
        var isQuoted = false
        while index > rest.lowerBound {
            let byte = bytes[index - 1]
            if byte == UInt8(ascii: ","), !isQuoted { break }
            if byte == UInt8(ascii: "\""), hasQuotes, !(isQuoted && isEscaped(index - 1, bytes)) {
                isQuoted.toggle()
            }
            index -= 1
        }
        return index
    }

    /// Whether an odd number of backslashes stands before the octet (RFC 9110, 5.6.4).
    private func isEscaped(_ index: Int, _ bytes: Span<UInt8>) -> Bool {
        var start = index
        while start > rest.lowerBound, bytes[start - 1] == UInt8(ascii: "\\") { start -= 1 }
        return (index - start) % 2 == 1
    }
}
