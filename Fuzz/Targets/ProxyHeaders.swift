// SPDX-License-Identifier: Apache-2.0

import HTTP
import Linux

/// The first bytes of a proxy's connection, whole and in every piece, compared with a simple
/// reading of them.
func checkProxyHeaders(_ input: [UInt8]) throws(Violation) {
    let whole = try outcome(input[...])
    try require(whole == plainOutcome(input), "\(whole), not \(plainOutcome(input))")
    // At first more bytes are needed; once a byte decides the result, it never changes.
    var decided: ProxyHeaderOutcome?
    for end in pieces(input.count) {
        let found = try outcome(input[..<end])
        if let decided { try require(found == decided, "\(decided), then \(found)") }
        if found != .more { decided = found }
        guard case .header(_, let byteCount) = found else { continue }
        try require(byteCount <= end, "a header of \(byteCount) out of \(end)")
        try require(byteCount <= ProxyHeader.binaryByteLimit, "a header of \(byteCount)")
        // The server consumes everything that arrives before the header is known, so it must belong
        // to it.
        let before = try outcome(input[..<(byteCount - 1)])
        try require(before == .more, "\(before) a byte before")
    }
}

/// Every length of a short input, the decisive ones of a long input.
private func pieces(_ count: Int) -> [Int] {
    count <= 300 ? Array(0...count) : Array(0...300) + [count / 2 + 150, count - 1, count]
}

private enum ProxyHeaderOutcome: Equatable {
    case more
    case refused
    case header(HostAddress?, Int)
}

private func outcome(_ bytes: ArraySlice<UInt8>) throws(Violation) -> ProxyHeaderOutcome {
    do throws(ProxyHeaderError) {
        let header = try withExactCopy(of: bytes) { bytes throws(ProxyHeaderError) in
            try ProxyHeader.parse(bytes)
        }
        return header.map { .header($0.source, $0.byteCount) } ?? .more
    } catch {
        return .refused
    }
}

/// The same with the means of the standard library.
private func plainOutcome(_ input: [UInt8]) -> ProxyHeaderOutcome {
    guard let first = input.first else { return .more }
    return first == 0x0d ? plainBinary(input) : plainLine(input)
}

private func plainLine(_ input: [UInt8]) -> ProxyHeaderOutcome {
    let prefix = Array("PROXY ".utf8)
    guard input.prefix(prefix.count).elementsEqual(prefix.prefix(input.count)) else {
        return .refused
    }
    let seen = input.prefix(ProxyHeader.lineByteLimit)
    guard let end = seen.firstIndex(where: { $0 == 0x0d || $0 == 0x0a }) else {
        return input.count < ProxyHeader.lineByteLimit - 1 ? .more : .refused
    }
    if seen[end] == 0x0a || end > ProxyHeader.lineByteLimit - 2 { return .refused }
    guard end + 1 < input.count else { return .more }
    guard input[end + 1] == 0x0a else { return .refused }
    let words = input[..<end].split(separator: 0x20, omittingEmptySubsequences: false)
    if words[1].elementsEqual("UNKNOWN".utf8) { return .header(nil, end + 2) }
    let isSix = words[1].elementsEqual("TCP6".utf8)
    guard isSix || words[1].elementsEqual("TCP4".utf8), words.count == 6,
        let source = plainAddress(words[2], isSix: isSix),
        plainAddress(words[3], isSix: isSix) != nil,
        words[4...].allSatisfy(isPlainPort)
    else { return .refused }
    return .header(source, end + 2)
}

private func plainAddress(_ word: ArraySlice<UInt8>, isSix: Bool) -> HostAddress? {
    guard word.contains(UInt8(ascii: ":")) == isSix, word.allSatisfy({ (0x21..<0x7f) ~= $0 }),
        let address = SocketAddress(host: String(decoding: word, as: UTF8.self), port: 0)
    else { return nil }
    return HostAddress(address)
}

private func isPlainPort(_ word: ArraySlice<UInt8>) -> Bool {
    let text = String(decoding: word, as: UTF8.self)
    return UInt16(text).map { "\($0)" == text } ?? false
}

private func plainBinary(_ input: [UInt8]) -> ProxyHeaderOutcome {
    let signature: [UInt8] = [13, 10, 13, 10, 0, 13, 10] + Array("QUIT\n".utf8)
    guard input.prefix(12).elementsEqual(signature.prefix(input.count)) else { return .refused }
    if input.count < 13 { return .more }
    guard [0x20, 0x21].contains(input[12]) else { return .refused }
    let isLocal = input[12] == 0x20
    if input.count < 14 { return .more }
    let (family, transport) = (input[13] >> 4, input[13] & 15)
    guard isLocal || family < 4 && transport < 3 else { return .refused }
    if input.count < 16 { return .more }
    let length = Int(input[14]) * 256 + Int(input[15])
    let least = isLocal ? 0 : [0, 12, 36, 216][Int(family)]
    guard length >= least, length + 16 <= ProxyHeader.binaryByteLimit else { return .refused }
    if input.count < 16 + length { return .more }
    var source: HostAddress?
    if !isLocal, transport == 1, family == 1 || family == 2 {
        let octets = Array(input[16..<(family == 1 ? 20 : 32)])
        source = HostAddress(octets: octets.span)
    }
    return .header(source, 16 + length)
}
