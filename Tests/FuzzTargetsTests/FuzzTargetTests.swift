// SPDX-License-Identifier: Apache-2.0

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
