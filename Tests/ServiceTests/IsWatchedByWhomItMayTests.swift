// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `observation.access` and `admin.listen`: who may see how the service is.
struct IsWatchedByWhomItMayTests {
    private static let protected = ["/health", "/metrics"]

    @Test func `with access by token only an observer's token is accepted`() throws {
        let environment = ["CORDWOOD_OBSERVATION_ACCESS": "token"]
        try Tokens.withFile { file in
            let settings = environment.merging(["CORDWOOD_AUTH_TOKENS_FILE": file.path]) { $1 }
            try RunningService.run(environment: settings) { (service) throws in
                for path in Self.protected {
                    #expect(try service.get(path).status == 401)
                    let shop = try service.request("GET", path, Tokens.bearer(Tokens.shop))
                    #expect(shop.status == 403)
                    #expect(try shop.failure.code == "not_an_observer")
                    let watcher = try service.request("GET", path, Tokens.bearer(Tokens.watcher))
                    #expect(watcher.status == 200)
                }
                for path in ["/livez", "/readyz"] { #expect(try service.get(path).status == 200) }
            }
        }
    }

    @Test func `a separate listener is the only one with it, and accepts no records`() throws {
        let port = try FreePort.find()
        let settings = """
            listen: 127.0.0.1:0
            admin: {listen: ["127.0.0.1:\(port)"]}
            observation: {access: admin}

            """
        try RunningService.run(configuration: settings) { service in
            for path in Self.protected {
                #expect(try service.get(path).status == 404)
                #expect(try Self.ask(port, "GET", path) == 200)
            }
            #expect(try Self.ask(port, "POST", "/logs", #"{"a":1}"#) == 404)
            #expect(try Self.ask(port, "GET", "/readyz") == 200)
            #expect(try service.post(#"{"a":1}"#).status == 200)
            #expect(try service.lines().count == 1)
            // A reload that takes it away closes it.
            try service.configure("listen: 127.0.0.1:0\n")
            try service.reload()
            try eventually("the workers of before have gone") {
                try service.get("/health").status == 200
            }
            try eventually("the port is closed") { (try? Connection(port: port)) == nil }
        }
    }

    @Test func `cordwood health and status use a listener that answers them`() throws {
        let port = try FreePort.find()
        try Tokens.withFile { file in
            let settings = """
                listen: 127.0.0.1:0
                admin: {listen: ["127.0.0.1:\(port)"]}
                auth: {tokens_file: "\(file.path)"}
                observation: {access: token}

                """
            try RunningService.run(configuration: settings) { service in
                let yaml = file.deletingLastPathComponent().appendingPathComponent("c.yaml")
                try Data(settings.utf8).write(to: yaml)
                func ask(_ command: String, _ token: String?) throws -> ChildProcess.Result {
                    try ChildProcess(
                        program: Program.cordwood, arguments: [command, "--config", yaml.path],
                        environment: token.map { ["CORDWOOD_TOKEN": $0] } ?? [:]
                    ).run()
                }
                #expect(try ask("health", nil).status == 0)
                #expect(try ask("status", nil).status == 1)
                let status = try ask("status", Tokens.watcher)
                #expect(status.status == 0)
                #expect(status.output.contains("workers"))
            }
        }
    }

    @Test(arguments: [
        ("observation: {access: token}\n", "auth.tokens_file is empty"),
        ("observation: {access: admin}\n", "admin.listen is empty"),
        ("admin: {listen: ['127.0.0.1:8080']}\n", "127.0.0.1:8080"),
    ])
    func `a configuration that shuts everybody out is a mistake`(yaml: String, sentence: String)
        throws
    {
        try Scratch.with { scratch in
            let file = scratch.appendingPathComponent("c.yaml")
            try Data(yaml.utf8).write(to: file)
            let check = try ChildProcess(
                program: Program.cordwood, arguments: ["check", "--config", file.path]
            ).run()
            #expect(check.status == 78)
            #expect(check.errors.contains(sentence), "\(check.errors)")
        }
    }

    private static func ask(
        _ port: UInt16, _ method: String, _ path: String, _ body: String = ""
    ) throws -> Int {
        let connection = try Connection(port: port)
        try connection.send(Request.bytes(method, path, [], Array(body.utf8)))
        return try #require(try connection.response()).status
    }
}
