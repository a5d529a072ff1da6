// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A file of tokens of which the test knows the secrets.
enum Tokens {
    static let shop = "cw_the-secret-of-the-shop"
    static let all = "cw_the-secret-for-all-streams"
    static let watcher = "cw_the-secret-of-who-watches"
    static let old = "cw_the-secret-of-yesterday"

    static let secrets = [shop, all, watcher, old]

    /// One for `shop` and `shop-*`, one for every stream, one that may only observe and one that
    /// has expired.
    static func text() throws -> String {
        try [
            "# name digest streams rights", "", line("shop", shop, "shop,shop-*"),
            line("all", all, "*"), line("watcher", watcher, "- observe"),
            line("old", old, "* expires=2020-01-01"),
        ].joined(separator: "\n") + "\n"
    }

    static func line(_ name: String, _ secret: String, _ rest: String) throws -> String {
        let digest = try ChildProcess(
            program: "/usr/bin/sha256sum", input: Data(secret.utf8)
        ).output().prefix(64)
        return "\(name) sha256:\(digest) \(rest)"
    }

    /// Gives `body` the path of a file with `text`.
    static func withFile<Result>(
        _ text: String? = nil, _ body: (URL) throws -> Result
    ) throws -> Result {
        try Scratch.with { scratch in
            let file = scratch.appendingPathComponent("tokens")
            try Data((text ?? self.text()).utf8).write(to: file)
            return try body(file)
        }
    }

    /// Runs a service that wants these tokens.
    static func run<Result>(
        _ arguments: [String] = [], environment: [String: String] = [:],
        _ body: (RunningService) throws -> Result
    ) throws -> Result {
        try withFile { file in
            let settings = ["CORDWOOD_AUTH_TOKENS_FILE": file.path].merging(environment) { $1 }
            return try RunningService.run(arguments, environment: settings, body)
        }
    }

    static func bearer(_ secret: String) -> [String] { ["Authorization: Bearer \(secret)"] }

    static func basic(_ name: String, _ secret: String) -> [String] {
        ["Authorization: Basic \(Data("\(name):\(secret)".utf8).base64EncodedString())"]
    }
}
