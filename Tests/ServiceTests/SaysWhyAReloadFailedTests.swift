// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `/health` after a reload that has failed.
struct SaysWhyAReloadFailedTests {
    private static let right = "listen: [\"127.0.0.1:0\"]\nworkers: 1\n"

    @Test(arguments: [
        ("rotation:\n  backup_cuont: 3\n", ["rotation.backup_cuont", "did you mean"]),
        ("log:\n  level: loud\nack: maybe\n", ["loud", "maybe"]),
        ("timeouts: [\n", ["cordwood.yaml"]),
        ("auth: {tokens_file: /nowhere/tokens}\n", ["/nowhere/tokens"]),
    ])
    func `each mistake is reported, until a reload succeeds`(wrong: String, parts: [String]) throws
    {
        try RunningService.run(configuration: Self.right) { service in
            try service.configure(Self.right + wrong)
            try service.failToReload()
            let health = try service.health()
            let error = try #require(health.configuration.lastReloadError?.error)
            let reason = try #require(health.reasons.first { $0.code == "reload_failed" })
            for part in parts {
                #expect(error.contains(part), "\(error)")
                #expect(reason.message.contains(part), "\(reason.message)")
            }
            try service.configure(Self.right)
            try service.reload()
            let later = try service.health()
            #expect(later.configuration.lastReloadError == nil)
            #expect(later.reasons.isEmpty)
        }
    }

    @Test func `a port in use is reported`() throws {
        try RunningService.run { other in
            let address = "127.0.0.1:\(other.port)"
            try RunningService.run(configuration: Self.right) { service in
                try service.configure("listen: [\"127.0.0.1:0\", \"\(address)\"]\nworkers: 1\n")
                try service.failToReload()
                let error = try service.health().configuration.lastReloadError?.error
                #expect(error?.contains(address) == true, "\(error ?? "")")
            }
        }
    }

    @Test func `a failure of a new worker is reported, and is not an error of the serving ones`()
        throws
    {
        try Scratch.with { scratch in
            let file = scratch.appendingPathComponent("wrong.log")
            try RunningService.run(in: scratch, configuration: Self.right) { service in
                try FileManager.default.createDirectory(
                    at: file, withIntermediateDirectories: false)
                try service.configure(Self.right + "streams:\n  default: wrong\n")
                try service.failToReload()
                let health = try service.health()
                let error = try #require(health.configuration.lastReloadError?.error)
                #expect(error.contains("\(file.path) is not a regular file"), "\(error)")
                #expect(health.reasons.map(\.code) == ["reload_failed"])
            }
        }
    }

    @Test func `a message that is too long is cut between two characters`() throws {
        try RunningService.run(configuration: Self.right) { service in
            let values = (0..<50).map { "  wrong\($0)é: ä\n" }.joined()
            try service.configure(Self.right + "rotation:\n" + values)
            try service.failToReload()
            let error = try #require(try service.health().configuration.lastReloadError?.error)
            #expect(error.utf8.count <= 512 && error.utf8.count > 500)
            #expect(error.hasSuffix("…") && !error.contains("\u{FFFD}"))
            #expect(error.contains("wrong0é"))
        }
    }
}
