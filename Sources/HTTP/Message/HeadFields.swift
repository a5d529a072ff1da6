// SPDX-License-Identifier: Apache-2.0

/// Collects what the lines of one head say, and decides at its end what they mean together.
struct HeadFields: Sendable {
    var head = RequestHead()
    /// The authority of an absolute-form target, else empty.
    private var authority = 0..<0
    private var contentLength = 0
    private var saysClose = false
    private var saysKeepAlive = false
    private var seen: UInt32 = 0

    /// Reads `method SP request-target SP HTTP-version` (RFC 9112, 3).
    @inline(__always)
    mutating func readRequestLine(
        _ bytes: Span<UInt8>, _ line: Range<Int>
    ) throws(RequestError) {
        let methodEnd = bytes.end(of: .token, in: line)
        guard methodEnd > line.lowerBound, methodEnd < line.upperBound,
            bytes[methodEnd] == UInt8(ascii: " ")
        else { throw .invalidRequestLine }
        var targetEnd = line.upperBound - 1
        while bytes[targetEnd] != UInt8(ascii: " ") { targetEnd -= 1 }
        guard targetEnd > methodEnd + 1 else { throw .invalidRequestLine }
        // Set before the rest is checked, because the answer to HEAD has no body even if the
        // request is rejected.
        head.method = Method(bytes, line.lowerBound..<methodEnd)
        head.minorVersion = try Self.minorVersion(bytes, targetEnd + 1..<line.upperBound)
        head.target = methodEnd + 1..<targetEnd
        let target = try RequestTarget(bytes, head.target, method: head.method)
        head.path = target.path
        head.query = target.query
        authority = target.authority
    }

    /// RFC 9112, 2.3: `HTTP/` and two digits, case-sensitive.
    private static func minorVersion(
        _ bytes: Span<UInt8>, _ range: Range<Int>
    ) throws(RequestError) -> UInt8 {
        let start = range.lowerBound
        guard range.count == 8, bytes.equals(start..<start + 5, "HTTP/"),
            bytes[start + 6] == UInt8(ascii: ".")
        else { throw .invalidVersion }
        let major = bytes[start + 5] &- UInt8(ascii: "0")
        let minor = bytes[start + 7] &- UInt8(ascii: "0")
        guard major <= 9, minor <= 9 else { throw .invalidVersion }
        guard major == 1, minor <= 1 else { throw .unsupportedVersion }
        return minor
    }

    /// Reads `field-name ":" OWS field-value OWS` (RFC 9112, 5).
    @inline(__always)
    mutating func readField(
        _ bytes: Span<UInt8>, _ line: Range<Int>, _ table: FieldTable
    ) throws(RequestError) {
        let nameEnd = bytes.end(of: .token, in: line)
        guard nameEnd < line.upperBound else { throw .missingColon }
        guard bytes[nameEnd] == UInt8(ascii: ":") else {
            // RFC 9112, 5.1: white space before the colon has made two parsers see two fields.
            throw bytes[nameEnd].isWhitespace ? .whitespaceBeforeColon : .invalidFieldName
        }
        guard nameEnd > line.lowerBound else { throw .invalidFieldName }
        let name = FieldName(bytes, line.lowerBound..<nameEnd)
        if name == .other {
            guard let index = table.index(bytes, line.lowerBound..<nameEnd) else { return }
            let value = bytes.trimmingWhitespace(nameEnd + 1..<line.upperBound)
            return try record(table[index], at: index, bytes, value)
        }
        let isRepeated = seen & name.bit != 0
        seen |= name.bit
        let value = bytes.trimmingWhitespace(nameEnd + 1..<line.upperBound)
        try record(name, bytes, value, isRepeated: isRepeated)
    }

    /// A field of the service's table.
    private mutating func record(
        _ field: FieldTable.Field, at index: Int, _ bytes: Span<UInt8>, _ value: Range<Int>
    ) throws(RequestError) {
        var value = value
        if field.isIdentifier, !Self.isIdentifier(bytes, value) { value = 0..<0 }
        if head.fields.contains(index) {
            if field.repetition == .rejected { throw .repeatedField }
            value = 0..<0
        }
        head.fields[index] = value
    }

    private mutating func record(
        _ name: FieldName, _ bytes: Span<UInt8>, _ value: Range<Int>, isRepeated: Bool
    ) throws(RequestError) {
        switch name {
        case .connection: readConnection(bytes, value)
        case .host:
            if isRepeated { throw .repeatedHost }
            guard Authority.isValid(bytes, value) else { throw .invalidHost }
            head.host = value
        case .contentLength:
            if isRepeated { throw .repeatedContentLength }
            contentLength = try BodyFraming.contentLength(bytes, value)
        case .transferEncoding:
            // RFC 9112, 6.1: in an HTTP/1.0 message the framing is faulty.
            if head.minorVersion == 0 { throw .transferEncodingInHTTP10 }
            if isRepeated { throw .invalidTransferEncoding }
            try BodyFraming.checkTransferEncoding(bytes, value)
        default:
            // With a second one, it would be left to chance which of them is believed.
            if isRepeated { throw .repeatedField }
            try recordSingleton(name, bytes, value)
        }
    }

    private mutating func recordSingleton(
        _ name: FieldName, _ bytes: Span<UInt8>, _ value: Range<Int>
    ) throws(RequestError) {
        switch name {
        case .contentType: head.mediaType = MediaType(bytes, value)
        case .contentEncoding: head.contentEncoding = ContentEncoding(bytes, value)
        case .expect:
            // RFC 9110, 10.1.1: a server ignores the expectation of an HTTP/1.0 client.
            if head.minorVersion == 0 { return }
            guard bytes.equalsIgnoringCase(value, "100-continue") else {
                throw .unsupportedExpectation
            }
            head.expectsContinue = true
        default: break
        }
    }

    /// RFC 9110, 7.6.1: a list of options, possibly on several lines.
    private mutating func readConnection(_ bytes: Span<UInt8>, _ value: Range<Int>) {
        var options = ListMembers(value)
        while let option = options.next(in: bytes) {
            if bytes.equalsIgnoringCase(option, "close") { saysClose = true }
            if bytes.equalsIgnoringCase(option, "keep-alive") { saysKeepAlive = true }
        }
    }

    private static func isIdentifier(_ bytes: Span<UInt8>, _ value: Range<Int>) -> Bool {
        value.count <= 128 && bytes.end(of: .identifier, in: value) == value.upperBound
    }

    private func has(_ name: FieldName) -> Bool { seen & name.bit != 0 }

    /// Finishes the head, which ends before `byteCount`.
    @inline(__always)
    mutating func finish(
        _ bytes: Span<UInt8>, byteCount: Int, bodyLimit: Int
    ) throws(RequestError) {
        // RFC 9112, 3.2: 400 for an HTTP/1.1 request without Host.
        if head.minorVersion == 1, !has(.host) { throw .missingHost }
        if !authority.isEmpty {
            guard !has(.host) || Authority.areSame(bytes, target: authority, head.host) else {
                throw .differingHost
            }
            head.host = authority
        }
        if has(.transferEncoding) {
            // RFC 9112, 6.1 and 6.3: the classic request smuggling attack.
            if has(.contentLength) { throw .conflictingFraming }
            head.framing = .chunked
        } else if has(.contentLength) {
            if contentLength > bodyLimit { throw .bodyTooLarge }
            head.framing = .length(contentLength)
        } else if head.minorVersion == 0, head.method == .post || head.method == .put {
            // RFC 1945, 8.3: without a length, such a body ends when the connection does.
            throw .missingLength
        }
        // RFC 9110, 10.1.1: without content there is nothing to wait for.
        if head.framing == .none || head.framing == .length(0) { head.expectsContinue = false }
        // RFC 9112, 9.3: HTTP/1.1 persists by default, HTTP/1.0 only if the client asks for it.
        head.keepAlive = !saysClose && (head.minorVersion == 1 || saysKeepAlive)
        head.byteCount = byteCount
    }
}
