// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import Linux

struct SystemCallTests {
    /// A test that makes a call fail which nothing makes would show nothing.
    @Test(arguments: SystemCall.allCases)
    func `a call that can be made to fail is made`(call: SystemCall) throws {
        let made = try Regex("(?:[sS]ystemCall|run)\\(\\s*\\.\(call.rawValue)\\b")
        #expect(Self.sources.contains { $0.contains(made) })
    }

    /// Functions of the C library that make a system call without the wrapper's knowledge.
    @Test(arguments: [
        "opendir", "fdopendir", "readdir", "scandir", "readlink", "realpath", "rmdir", "lstat",
        "fstat", "statfs", "fopen", "fsync", "fdatasync", "ftruncate", "pread", "pwrite", "lseek",
        "mmap", "mkdir",
    ])
    func `a call is made only inside the wrapper`(function: String) throws {
        let made = try Regex("(?:^|[^\\w.]|Glibc\\.)\(function)\\((?!\\))")
        for source in Self.sources where source.contains("\(function)(") {
            // OpenSSL stands beside this target and not above it.
            if source.contains("import COpenSSL") { continue }
            let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
            for (number, line) in lines.enumerated()
            where line.contains("\(function)(") && line.contains(made) {
                let isComment = line.drop { $0 == " " }.hasPrefix("//")
                let before = lines[max(0, number - 3)...number]
                let isWrapped = before.contains { $0.contains("ystemCall(") || $0.contains("run(") }
                #expect(isComment || isWrapped, "\(line)")
            }
        }
    }

    private static let sources: [String] = {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Sources")
        let files = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
        return (files?.allObjects as? [URL] ?? [])
            .filter { $0.pathExtension == "swift" && !$0.path.contains("Probe/") }
            .compactMap { try? String(contentsOf: $0, encoding: .utf8) }
    }()
}
