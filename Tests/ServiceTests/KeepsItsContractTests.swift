// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The running service beside openapi.yaml: schemathesis sends what it makes of the contract, by
/// the rules and against them, and holds every answer to it.
@Suite(.enabled(if: Program.contractPython != nil, "needs schemathesis; see .ci/packages"))
struct KeepsItsContractTests {
    /// Of each operation; `make contract` tries more.
    private static let examples = ProcessInfo.processInfo.environment["CORDWOOD_CONTRACT_EXAMPLES"]

    /// What schemathesis shows to a service that wants tokens, also of who watches.
    enum Credentials: CaseIterable {
        case notWanted, shown, missing
    }

    @Test(arguments: Credentials.allCases)
    func `valid and invalid requests are answered by the contract`(
        credentials: Credentials
    ) throws {
        try Tokens.withFile(Tokens.line("tester", Tokens.all, "* observe")) { file in
            var settings = ["CORDWOOD_UI_ENABLED": "true"]
            if credentials != .notWanted {
                settings["CORDWOOD_AUTH_TOKENS_FILE"] = file.path
                settings["CORDWOOD_OBSERVATION_ACCESS"] = "token"
            }
            try RunningService.run(environment: settings) { service in
                // A stream of which there is a tail.
                _ = try service.post(#"{"a":1}"#, Tokens.bearer(Tokens.all))
                let result = try Self.check(service, credentials)
                if Self.examples != nil { print(result.output) }
                #expect(result.status == 0, "\(result.output)\(result.errors)")
                // What it could not send, or whose answer it could not read, it passes over in
                // silence.
                let counts = /Selected: (\d+)\/(\d+)\n +Tested: (\d+)\n/
                let operations = try #require(result.output.firstMatch(of: counts)?.output)
                #expect(operations.1 == operations.2 && operations.1 == operations.3)
                #expect(try service.get("/livez").status == 200)
            }
        }
    }

    private static func check(
        _ service: RunningService, _ credentials: Credentials
    ) throws -> ChildProcess.Result {
        let python = try #require(Program.contractPython)
        let address = "http://127.0.0.1:\(service.port)"
        let directory = Repository.file("Tests/Contract").path
        let served = "\(address)/openapi.yaml"
        let options =
            switch credentials {
            case .notWanted: [served]
            case .shown: [served] + Tokens.bearer(Tokens.all).flatMap { ["--header", $0] }
            // Whatever is sent is refused, so what is right and what is wrong comes to the same.
            case .missing:
                [
                    Repository.file("openapi.yaml").path, "--url", address,
                    "--checks", conformance.joined(separator: ","),
                ]
            }
        return try ChildProcess(
            program: python,
            arguments: [
                "-B", "-m", "schemathesis.cli", "--config-file", "\(directory)/schemathesis.toml",
                "run", "--seed", "1", "--no-color", "--generation-database", "none",
                "--max-examples", examples ?? (credentials == .notWanted ? "5" : "2"),
            ] + options,
            environment: [
                "PYTHONPATH": directory, "SCHEMATHESIS_HOOKS": "hooks",
                "PYTHONDONTWRITEBYTECODE": "1",
                "HYPOTHESIS_STORAGE_DIRECTORY": Repository.file(".build/hypothesis").path,
            ]
        ).run()
    }

    private static let conformance = [
        "not_a_server_error", "status_code_conformance", "content_type_conformance",
        "response_headers_conformance", "response_schema_conformance",
    ]
}
