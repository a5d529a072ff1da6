// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `cordwood token`, and what a running service makes of it.
struct ChangesTokensTests {
    private static func token(_ arguments: [String]) throws -> ChildProcess.Result {
        try ChildProcess(program: Program.cordwood, arguments: ["token"] + arguments).run()
    }

    @Test func `a running service accepts a new token, until it is revoked`() throws {
        try Tokens.withFile("") { file in
            let place = ["--file", file.path]
            try RunningService.run(environment: ["CORDWOOD_AUTH_TOKENS_FILE": file.path]) {
                service in
                let made = try Self.token(["new", "till", "--streams", "shop"] + place)
                #expect(made.status == 0)
                let secret = made.output.trimmingCharacters(in: .newlines)
                #expect(secret.hasPrefix("cw_") && secret.utf8.count == 46)
                let written = try String(contentsOf: file, encoding: .utf8)
                #expect(written.hasPrefix("till sha256:") && !written.contains(secret))
                let post = {
                    try service.post("/logs/shop", #"{"a":1}"#, Tokens.bearer(secret)).status
                }
                try eventually("the new token is taken", within: 30) { try post() == 200 }
                #expect(try Self.token(["list"] + place).output.contains("till"))
                #expect(try Self.token(["revoke", "till"] + place).status == 0)
                try eventually("the token is refused", within: 30) { try post() == 401 }
            }
        }
    }

    @Test(arguments: [
        ([], "*", "write"), (["--observe"], "-", "observe"),
        (["--observe", "--streams", "shop,till-*"], "shop,till-*", "write,observe"),
        (["--observe", "--streams", "*"], "*", "write,observe"), (["--streams", "-"], "-", "-"),
    ])
    func `an observer's token may write only to the streams that are named`(
        arguments: [String], streams: String, rights: String
    ) throws {
        try Tokens.withFile("") { file in
            let place = ["--file", file.path]
            let end = ["--expires", "2030-01-01"]
            #expect(try Self.token(["new", "x"] + end + arguments + place).status == 0)
            let line = try String(contentsOf: file, encoding: .utf8)
            #expect(line.split(separator: " ")[2] == streams)
            let rows = try Self.token(["list"] + place).output.split(separator: "\n")
            let last = rows.last?.split(separator: " ").map(String.init)
            #expect(last == ["x", streams, rights, "2030-01-01"])
        }
    }

    @Test func `a token that was made to observe cannot write`() throws {
        try Tokens.withFile("") { file in
            let made = try Self.token(["new", "prom", "--observe", "--file", file.path])
            let secret = made.output.trimmingCharacters(in: .newlines)
            let environment = [
                "CORDWOOD_AUTH_TOKENS_FILE": file.path, "CORDWOOD_OBSERVATION_ACCESS": "token",
            ]
            try RunningService.run(environment: environment) { service in
                for path in ["/logs", "/logs/app", "/logs/shop"] {
                    let answer = try service.post(path, #"{"a":1}"#, Tokens.bearer(secret))
                    #expect(answer.status == 403)
                }
                let health = try service.request("GET", "/health", Tokens.bearer(secret))
                #expect(health.status == 200)
                #expect(try service.lines() == [])
            }
        }
    }

    @Test func `no request fails while tokens come and go`() throws {
        try Tokens.withFile { file in
            let environment = ["CORDWOOD_AUTH_TOKENS_FILE": file.path]
            try RunningService.run(["--workers", "2"], environment: environment) { service in
                var sent = 0
                for round in 0..<3 {
                    let before = service.times(.reloaded)
                    #expect(
                        try Self.token(["new", "t\(round)", "--file", file.path]).status == 0)
                    try eventually("the tokens have been read", within: 30) {
                        let answer = try service.post(
                            #"{"n":\#(sent)}"#, Tokens.bearer(Tokens.all))
                        #expect(answer.status == 200)
                        sent += 1
                        return service.times(.reloaded) > before
                    }
                }
                #expect(try service.lines().count == sent)
            }
        }
    }

    @Test(arguments: [
        (["new", "all"], 78, "the token all is already"),
        (["new", "no:colon"], 64, "the first a letter or digit"),
        (["new", "x", "--streams", "UPPER"], 64, "names of streams"),
        (["new", "x", "--expires", "tomorrow"], 64, "a date that exists"),
        (["revoke", "nobody"], 1, "nobody"),
    ])
    func `an impossible change is a sentence, and the file stays as it is`(
        arguments: [String], status: Int32, sentence: String
    ) throws {
        try Tokens.withFile { file in
            let before = try Data(contentsOf: file)
            let result = try Self.token(arguments + ["--file", file.path])
            #expect(result.status == status)
            #expect(result.errors.contains(sentence), "\(result.errors)")
            #expect(try Data(contentsOf: file) == before)
        }
    }

    @Test func `two commands that add tokens at the same time lose none`() throws {
        try Tokens.withFile("") { file in
            let group = DispatchGroup()
            for number in 0..<8 {
                DispatchQueue.global().async(group: group) {
                    _ = try? Self.token(["new", "t\(number)", "--file", file.path])
                }
            }
            group.wait()
            let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
            #expect(lines.count == 8)
        }
    }

    @Test func `a mistake in the file is named with its line, and the old tokens stay valid`()
        throws
    {
        try Tokens.withFile { file in
            let good = try Data(contentsOf: file)
            let settings = "listen: 127.0.0.1:0\nauth: {tokens_file: \"\(file.path)\"}\n"
            try RunningService.run(configuration: settings) { service in
                try (good + Data("shop sha256:12 *\n".utf8)).write(to: file, options: .atomic)
                try service.failToReload()
                #expect(service.times(.reloadMistake, with: "\(file.path):7") == 1)
                #expect(try service.post(#"{"a":1}"#, Tokens.bearer(Tokens.all)).status == 200)
                let check = try ChildProcess(
                    program: Program.cordwood, arguments: ["check"],
                    environment: ["CORDWOOD_AUTH_TOKENS_FILE": file.path]
                ).run()
                #expect(check.status == 78)
                #expect(check.errors.contains("\(file.path):7"))
            }
        }
    }
}
