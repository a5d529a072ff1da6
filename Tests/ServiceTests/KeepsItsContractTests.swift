import Foundation
import Testing

/// The running service beside openapi.yaml: schemathesis sends what it makes of the contract, by
/// the rules and against them, and holds every answer to it.
@Suite(.enabled(if: Program.contractPython != nil, "needs schemathesis; see .ci/packages"))
struct KeepsItsContractTests {
    /// Of each operation; `make contract` tries more.
    private static let examples = ProcessInfo.processInfo.environment["CORDWOOD_CONTRACT_EXAMPLES"]

    @Test
    func `what is sent by the contract and against it is answered by the contract`() throws {
        try RunningService.run(environment: ["CORDWOOD_UI_ENABLED": "true"]) { service in
            // A stream of which there is a tail.
            _ = try service.post(#"{"a":1}"#)
            let result = try Self.check(service)
            if Self.examples != nil { print(result.output) }
            #expect(result.status == 0, "\(result.output)\(result.errors)")
            // What it could not send, or whose answer it could not read, it passes over in silence.
            let counts = /Selected: (\d+)\/(\d+)\n +Tested: (\d+)\n/
            let operations = try #require(result.output.firstMatch(of: counts)?.output)
            #expect(operations.1 == operations.2 && operations.1 == operations.3)
            #expect(try service.get("/health").status == 200)
        }
    }

    private static func check(_ service: RunningService) throws -> ChildProcess.Result {
        let python = try #require(Program.contractPython)
        let address = "http://127.0.0.1:\(service.port)"
        let directory = Repository.file("Tests/Contract").path
        return try ChildProcess(
            program: python,
            arguments: [
                "-B", "-m", "schemathesis.cli", "--config-file", "\(directory)/schemathesis.toml",
                "run", "\(address)/openapi.yaml", "--seed", "1", "--no-color",
                "--generation-database", "none", "--max-examples", examples ?? "5",
            ],
            environment: [
                "PYTHONPATH": directory, "SCHEMATHESIS_HOOKS": "hooks",
                "PYTHONDONTWRITEBYTECODE": "1",
                "HYPOTHESIS_STORAGE_DIRECTORY": Repository.file(".build/hypothesis").path,
            ]
        ).run()
    }
}
