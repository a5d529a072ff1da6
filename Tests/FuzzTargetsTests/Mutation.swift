// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Seeds with a few bytes changed, the same ones in every run.
struct Mutation {
    private var random: SplitMix64

    init(state: UInt64) { random = SplitMix64(state: state) }

    private mutating func number(below count: Int) -> Int { random.below(max(count, 1)) }

    mutating func mutate(_ seeds: [[UInt8]], most: Int = 4) -> [UInt8] {
        var input = seeds[number(below: seeds.count)]
        let telling = Array("\r\n\0\t :;,=%&\"{}[]\\019af\u{e9}".utf8)
        for _ in 0...number(below: most) {
            let at = number(below: input.count + 1)
            let octet = telling[number(below: telling.count)]
            switch number(below: 5) {
            case 0: input.insert(octet, at: at)
            case 1: if at < input.count { input[at] = octet }
            case 2: if at < input.count { input[at] ^= 1 << UInt8(number(below: 8)) }
            case 3: input.removeSubrange(at..<min(input.count, at + number(below: 9)))
            default:
                let other = seeds[number(below: seeds.count)]
                input.replaceSubrange(at..., with: other.suffix(number(below: other.count)))
            }
        }
        return input
    }
}
