import Foundation
import Testing

@testable import Linux

struct SystemCallTests {
    /// A test that makes a call fail which nothing makes would show nothing.
    @Test(arguments: SystemCall.allCases)
    func `a call that can be made to fail is made`(call: SystemCall) throws {
        let made = try Regex("(?:[sS]ystemCall|failIfAsked|run)\\(\\s*\\.\(call.rawValue)\\b")
        #expect(Self.sources.contains { $0.contains(made) })
    }

    private static let sources: [String] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources")
        let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        return (files?.allObjects as? [URL] ?? []).filter { $0.pathExtension == "swift" }
            .compactMap { try? String(contentsOf: $0, encoding: .utf8) }
    }()
}
