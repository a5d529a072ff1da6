import Foundation
import FuzzTargets
import Testing

@Suite struct FuzzTargetTests {
    private static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fuzz")

    /// What seeds the fuzzers, and what they have found.
    private static func inputs(_ kind: String, of target: FuzzTarget) throws -> [(String, [UInt8])]
    {
        let folder = directory.appendingPathComponent("\(kind)/\(target.rawValue)")
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
            return []
        }
        return try names.sorted().map { name in
            (name, Array(try Data(contentsOf: folder.appendingPathComponent(name))))
        }
    }

    @Test(arguments: FuzzTarget.allCases)
    func `every seed and every regression keeps the invariants`(target: FuzzTarget) throws {
        let seeds = try Self.inputs("Corpus", of: target)
        #expect(seeds.count >= 10)
        for (name, input) in try seeds + Self.inputs("Regressions", of: target) {
            #expect(throws: Never.self, "\(name)") { try target.check(input) }
        }
    }

    @Test(arguments: FuzzTarget.allCases)
    func `a short run of mutated seeds keeps the invariants`(target: FuzzTarget) throws {
        let seeds = try Self.inputs("Corpus", of: target).map(\.1).filter { $0.count < 1000 }
        var mutation = Mutation(state: 1)
        for _ in 0..<3000 {
            let input = mutation.mutate(seeds)
            do {
                try target.check(input)
            } catch {
                Issue.record("\(error): \(Data(input).base64EncodedString())")
                return
            }
        }
    }
}

/// Seeds with a few bytes changed, the same ones in every run.
private struct Mutation {
    var state: UInt64

    /// SplitMix64.
    private mutating func number(below count: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return Int((value ^ value >> 31) % UInt64(max(count, 1)))
    }

    mutating func mutate(_ seeds: [[UInt8]]) -> [UInt8] {
        var input = seeds[number(below: seeds.count)]
        let telling = Array("\r\n\0\t :;,=%&\"{}[]\\019af\u{e9}".utf8)
        for _ in 0...number(below: 4) {
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
