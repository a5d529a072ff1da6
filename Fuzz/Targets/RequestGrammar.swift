// SPDX-License-Identifier: Apache-2.0

import HTTP
import Protocols

// A second reading of accepted requests, as simple as possible and slow: a smuggled request would
// have to deceive both.

/// Whether an accepted request says what the parser read (RFC 9112, 2 to 7).
func checkAgainstGrammar(_ request: ReadRequest, _ limits: Limits) throws(Violation) {
    let head = request.head
    let ranges =
        [head.target, head.path, head.query, head.host]
        + HeadField.allCases.map { head[$0] }
    try require(ranges.allSatisfy { $0.upperBound < head.byteCount }, "a range outside the head")
    let lines = try lines(of: request.headBytes)
    try require(lines.first?.split(separator: " ").count == 3, "no three words")
    var fields: [String: [String]] = [:]
    for line in lines.dropFirst() {
        guard let colon = line.firstIndex(of: ":") else { throw Violation("no colon: \(line)") }
        let name = line[..<colon]
        try require(!name.isEmpty && name.unicodeScalars.allSatisfy(isTokenCharacter), "name")
        let value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
        fields[name.lowercased(), default: []].append(String(value))
    }
    try checkFraming(request, fields, limits)
}

private func checkFraming(
    _ request: ReadRequest, _ fields: [String: [String]], _ limits: Limits
) throws(Violation) {
    let hosts = fields["host", default: []]
    let lengths = fields["content-length", default: []]
    let codings = fields["transfer-encoding", default: []]
    let isHTTP11 = request.head.minorVersion == 1
    try require(hosts.count == 1 || (hosts.isEmpty && !isHTTP11), "\(hosts.count) hosts")
    try require(lengths.count + codings.count <= 1, "framed by two fields")
    switch request.head.framing {
    case .none: try require(lengths.isEmpty && codings.isEmpty, "framing was overlooked")
    case .length(let byteCount):
        let digits = lengths.first?.prefix { ("0"..."9").contains($0) } ?? ""
        let rest = lengths.first?.dropFirst(digits.count) ?? "?"
        try require(rest.allSatisfy { $0 == " " || $0 == "\t" }, "a length of \(lengths)")
        try require(Int(digits.drop { $0 == "0" }) ?? 0 == byteCount, "another length")
        try require(byteCount <= limits.bodyByteCount, "over the limit")
        try require(request.body.count == byteCount, "another count of bytes")
    case .chunked:
        let coding = codings.first?.lowercased().split { $0 == " " || $0 == "\t" }
        try require(coding == ["chunked"] && isHTTP11, "coded as \(codings)")
        try require(try unchunked(request.wire) == request.body, "another body")
    }
}

/// The lines of a head, each of which ends with CRLF; CR and LF are nowhere else.
private func lines(of head: [UInt8]) throws(Violation) -> [String] {
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    var index = 0
    while index < head.count {
        let byte = head[index]
        index += 1
        if byte == 13 {
            try require(index < head.count && head[index] == 10, "a bare CR")
            index += 1
            // An empty line may come first, and one ends the head.
            let isLast = index == head.count
            try require(line.isEmpty == (isLast || lines.isEmpty && index == 2), "an empty line")
            if !line.isEmpty { lines.append(String(line)) }
            line.removeAll()
        } else {
            try require(byte >= 32 && byte != 127 || byte == 9, "a control character")
            line.append(Unicode.Scalar(byte))
        }
    }
    try require(line.isEmpty, "a line without end")
    return lines
}

private func isTokenCharacter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
        || "!#$%&'*+-.^_`|~".unicodeScalars.contains(scalar)
}

/// The data of a chunked body that is known to be whole.
private func unchunked(_ wire: [UInt8]) throws(Violation) -> [UInt8] {
    var data: [UInt8] = []
    var rest = wire[...]
    while true {
        let line = rest.prefix { $0 != 13 }
        let digits = line.prefix { ($0 | 32) >= 97 && ($0 | 32) <= 102 || $0 >= 48 && $0 <= 57 }
        guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16) else {
            throw Violation("no size")
        }
        rest = rest.dropFirst(line.count)
        try require(rest.starts(with: [13, 10]), "a size line without CRLF")
        rest = rest.dropFirst(2)
        if size == 0 { break }
        try require(rest.count >= size + 2, "a chunk that is not there")
        data += rest.prefix(size)
        rest = rest.dropFirst(size)
        try require(rest.starts(with: [13, 10]), "a chunk without CRLF")
        rest = rest.dropFirst(2)
    }
    // The trailers end with the first empty line, and the message ends with them.
    var previous: UInt8 = 10
    while let byte = rest.first, byte != 13 || previous != 10 {
        previous = byte
        rest = rest.dropFirst()
    }
    try require(Array(rest) == [13, 10], "bytes of the next request")
    return data
}
