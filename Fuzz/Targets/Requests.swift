// SPDX-License-Identifier: Apache-2.0

import HTTP

/// One connection's bytes, whole and in pieces; the first byte chooses the limits and the cuts.
func checkRequests(_ input: [UInt8]) throws(Violation) {
    guard let choice = input.first else { return }
    let bytes = input.dropFirst()
    let limits = limits(of: choice)
    var whole = RequestStream(limits: limits)
    try whole.receive(bytes)
    for request in whole.requests { try checkAgainstGrammar(request, limits) }
    try require(whole.consumedByteCount <= bytes.count, "more consumed than came")

    var pieces = RequestStream(limits: limits)
    var cuts = Cuts(seed: choice)
    var rest = bytes
    while !rest.isEmpty, !pieces.hasEnded {
        let count = cuts.next(of: rest.count)
        try pieces.receive(rest.prefix(count))
        rest = rest.dropFirst(count)
    }
    try require(pieces.requests == whole.requests, "other requests in pieces")
    try require(pieces.error == whole.error, "\(whole.error as Any), then \(pieces.error as Any)")
    // The state after an error is discarded, and may differ.
    guard whole.error == nil else { return }
    try require(pieces.consumedByteCount == whole.consumedByteCount, "other counts in pieces")
    try require(pieces.unfinishedBody == whole.unfinishedBody, "another body in pieces")
}

private func limits(of choice: UInt8) -> Limits {
    var limits = Limits()
    limits.bodyByteCount = 4096
    guard choice & 1 == 1 else { return limits }
    limits.requestLineByteCount = 32
    limits.headerByteCount = 96
    limits.headerCount = 4
    limits.bodyByteCount = 24
    limits.chunkExtensionByteCount = 12
    limits.trailerByteCount = 24
    limits.trailerCount = 2
    return limits
}

/// Where the bytes are cut: after each, or anywhere.
private struct Cuts {
    private var state: UInt32
    private let isSingle: Bool

    init(seed: UInt8) {
        state = UInt32(seed) &* 0x9e37_79b9 | 1
        isSingle = seed & 6 == 0
    }

    /// xorshift (Marsaglia, 2003).
    mutating func next(of count: Int) -> Int {
        if isSingle { return 1 }
        state ^= state << 13
        state ^= state >> 17
        state ^= state << 5
        return 1 + Int(state >> 3) % min(count, state & 4 == 0 ? 4 : count)
    }
}
