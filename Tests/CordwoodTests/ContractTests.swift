// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTP
import Ingest
import Monitoring
import Testing

@testable import Cordwood

/// What openapi.yaml enumerates beside what the sources do, so that neither changes alone.
@Suite struct ContractTests {
    @Test func `every code of an error is in the contract, and no other`() throws {
        let inSources = try Set(Self.sources().flatMap(Self.codes))
        let listed = try Self.values(of: "ErrorCode")
        #expect(listed.count == Set(listed).count)
        #expect(inSources.subtracting(listed).sorted() == [], "openapi.yaml does not list these")
        #expect(Set(listed).subtracting(inSources).sorted() == [], "no source has these")
    }

    @Test func `the reading of the sources misses no code of an enumeration`() throws {
        let inSources = try Set(Self.sources().flatMap(Self.codes))
        for error in RequestError.allCases { #expect(inSources.contains("\(error.code)")) }
        for overload in Overload.allCases {
            #expect(inSources.contains("\(Problem.overload(overload).refusal.code)"))
        }
    }

    @Test func `every reason of a rejection is in the contract, and no other`() throws {
        let reasons = RejectionReason.allCases.map { "\($0.code)" }
        #expect(try Self.values(of: "RejectionReason") == reasons)
    }

    @Test func `every reason of bad health is in the contract, and no other`() throws {
        #expect(try Self.values(of: "HealthReason") == HealthReason.allCases.map(\.rawValue))
    }

    @Test func `every route is in the contract, and no other path`() throws {
        let labels = Endpoint.all().map(\.pattern.label)
        let paths = try Self.contract().matches(of: /\n  (\/[^\s:]*):/).map { String($0.output.1) }
        #expect(Set(paths) == Set(labels))
    }

    // MARK: The contract

    private static let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static func contract() throws -> String {
        try String(contentsOf: top.appendingPathComponent("openapi.yaml"), encoding: .utf8)
    }

    /// The values of a schema that is an enumeration, a line each.
    private static func values(of schema: String) throws -> [String] {
        let lines = try contract().components(separatedBy: "\n")
        let start = try #require(lines.firstIndex(of: "    \(schema):"))
        return lines[(start + 1)...].prefix { $0.hasPrefix("     ") }
            .filter { $0.hasPrefix("        - ") }
            .map { String($0.dropFirst("        - ".count)) }
    }

    // MARK: The sources

    private static func sources() throws -> [String] {
        try ["Sources/Cordwood", "Sources/HTTP", "Sources/Protocols"].flatMap { directory in
            let directory = top.appendingPathComponent(directory)
            let names = try FileManager.default.subpathsOfDirectory(atPath: directory.path)
            return try names.filter { $0.hasSuffix(".swift") }.map {
                try String(contentsOf: directory.appendingPathComponent($0), encoding: .utf8)
            }
        }
    }

    /// The codes that a file gives to errors: in a `code` that is computed, of a
    /// `RequestErrorDescription`, a `Problem` or a `Refusal`, or in JSON that is ready.
    private static func codes(in source: String) -> [String] {
        let computed = source.matches(
            of: /var code: StaticString \{\n(.*?)\n    \}/.dotMatchesNewlines()
        )
        .flatMap { $0.output.1.matches(of: /case [^"]*: "([a-z0-9_]+)"/) }
        .map { String($0.output.1) }
        let patterns: [Regex<(Substring, Substring)>] = [
            /(?:\.init|Problem|Refusal)\(\s*\.[a-zA-Z]+, "([a-z0-9_]+)"/,
            /\.unavailable\(\s*"([a-z0-9_]+)"/,
            /\\"code\\":\\"([a-z0-9_]+)\\"/,
        ]
        return computed
            + patterns.flatMap { source.matches(of: $0).map { String($0.output.1) } }
    }
}
