// SPDX-License-Identifier: Apache-2.0

import Bytes
import Testing

@testable import HTTP

extension SplitMix64 {
    mutating func index(below count: Int) -> Int { Int(next() % UInt64(max(count, 1))) }
}

@Suite struct RequestFuzzTests {
    /// Octets that a grammar turns on.
    private static let telling = octets("\r\n\0\t :;,=%?#/*\"\\AZaz019\u{7f}\u{80}\u{ff}")

    private static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        for _ in 0...random.index(below: 3) {
            let at = random.index(below: bytes.count + 1)
            let octet = telling[random.index(below: telling.count)]
            switch random.index(below: 5) {
            case 0: bytes.insert(octet, at: at)
            case 1: if at < bytes.count { bytes[at] = octet }
            case 2: if at < bytes.count { bytes[at] ^= 1 << UInt8(random.index(below: 8)) }
            case 3: if at < bytes.count { bytes.remove(at: at) }
            default: bytes.removeSubrange(at..<min(bytes.count, at + random.index(below: 9)))
            }
        }
    }

    private static func parse(
        _ parser: inout RequestParser, _ bytes: Span<UInt8>
    ) -> Result<RequestHead?, RequestError> {
        Result { () throws(RequestError) in try parser.parse(bytes, .tests) }
    }

    @Test(arguments: 1...8)
    func `no mutation of a head traps, reads too far or depends on a cut`(seed: Int) {
        var random = SplitMix64(state: UInt64(seed))
        let seeds = HeadCase.all.map { octets($0.input) }.filter { $0.count < 300 }
        let memory = GuardedMemory(byteCount: 4096)
        var accepted = 0
        for _ in 0..<25_000 {
            var bytes = seeds[random.index(below: seeds.count)]
            Self.mutate(&bytes, &random)
            var whole = RequestParser()
            let expected = memory.withCopy(of: bytes[...]) { Self.parse(&whole, $0) }
            if case .success(.some(let head)) = expected {
                accepted += 1
                let ranges =
                    [head.target, head.path, head.query, head.host]
                    + FieldTable.names.indices.map { head.field($0) }
                guard head.byteCount <= bytes.count,
                    ranges.allSatisfy({ $0.upperBound < head.byteCount })
                else {
                    Issue.record("out of bounds: \(text(bytes).debugDescription)")
                    return
                }
            }
            var cut = RequestParser()
            let middle = random.index(below: bytes.count + 1)
            var found = memory.withCopy(of: bytes[..<middle]) { Self.parse(&cut, $0) }
            if found == .success(nil) {
                found = memory.withCopy(of: bytes[...]) { Self.parse(&cut, $0) }
            }
            guard found == expected else {
                Issue.record("cut at \(middle): \(text(bytes).debugDescription)")
                return
            }
        }
        #expect(accepted > 1000, "the mutations leave nothing to accept")
    }

    @Test(arguments: 1...4)
    func `no mutation of a chunked body traps, reads too far or depends on a cut`(seed: Int) {
        var random = SplitMix64(state: UInt64(seed))
        let seeds = ChunkCase.all.map { octets($0.input) }
        let memory = GuardedMemory(byteCount: 4096)
        for _ in 0..<10_000 {
            var bytes = seeds[random.index(below: seeds.count)]
            Self.mutate(&bytes, &random)
            let middle = random.index(below: bytes.count + 1)
            let expected = Self.decode(bytes, memory, cut: bytes.count)
            let found = Self.decode(bytes, memory, cut: middle)
            guard found == expected else {
                Issue.record("cut at \(middle): \(text(bytes).debugDescription)")
                return
            }
        }
    }

    private static func decode(_ bytes: [UInt8], _ memory: GuardedMemory, cut: Int) -> String {
        var decoder = ChunkedDecoder()
        var body = ByteBuffer()
        var consumed = 0
        for end in [cut, bytes.count] where !decoder.isFinished {
            let piece = bytes[consumed..<end]
            let result = memory.withCopy(of: piece) { wire in
                Result { () throws(RequestError) in
                    try decoder.decode(wire, into: &body, limit: 1000)
                }
            }
            switch result {
            case .success(let count):
                if count > piece.count { return "consumed too much" }
                consumed += count
            case .failure(let error): return "\(error.code)"
            }
        }
        let data = text((0..<body.count).map { body.span[$0] })
        return "\(decoder.isFinished) \(consumed) \(data)"
    }
}
