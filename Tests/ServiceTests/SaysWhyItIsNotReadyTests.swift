// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `cordwood health` of a service that is not ready.
struct SaysWhyItIsNotReadyTests {
    private static let right = "listen: [\"127.0.0.1:0\"]\nworkers: 1\n"
    private static let low = right + "disk: {min_free: 100000TiB}\n"

    private func ask(_ service: RunningService, _ path: String = "") throws -> ChildProcess.Result {
        try Binary.run(["health", "http://127.0.0.1:\(service.port)\(path)"])
    }

    @Test func `a disk that is nearly full is reported, with the remedy`() throws {
        try RunningService.run(configuration: Self.right) { service in
            #expect(try ask(service).status == 0)
            try service.configure(Self.low)
            try service.reload()
            let result = try eventually("it is not ready") {
                let result = try ask(service)
                return result.status == 0 ? nil : result
            }
            #expect(result.status == 1)
            for part in ["503", "disk low", "disk.min_free"] {
                #expect(result.errors.contains(part), "\(result.errors)")
            }
            #expect(result.errors.split(separator: "\n").count == 1)
            #expect(result.output.isEmpty)
        }
    }

    @Test func `if only an observer may ask for more, the word of readiness remains`() throws {
        try Tokens.withFile { file in
            let settings =
                Self.low + "auth: {tokens_file: \"\(file.path)\"}\nobservation: {access: token}\n"
            try RunningService.run(configuration: Self.right) { service in
                try service.configure(settings)
                try service.reload()
                let result = try eventually("it is not ready") {
                    let result = try ask(service)
                    return result.status == 0 ? nil : result
                }
                #expect(result.status == 1)
                #expect(result.errors.contains("503, not 200: disk low"), "\(result.errors)")
                #expect(!result.errors.contains("disk.min_free"))
            }
        }
    }

    @Test func `an announced stop is reported`() throws {
        let environment = ["CORDWOOD_TIMEOUTS_STOP_DELAY": "30s"]
        try RunningService.run(environment: environment) { service in
            service.signal(SIGTERM)
            let result = try eventually("it is not ready") {
                let result = try ask(service)
                return result.status == 0 ? nil : result
            }
            #expect(result.status == 1)
            #expect(result.errors.contains("stopping"), "\(result.errors)")
        }
    }

    @Test(arguments: [("/nonsense", "There is nothing at this path"), ("/logs", "POST")])
    func `an error of the service is reported in its words`(path: String, part: String) throws {
        try RunningService.run { service in
            let result = try ask(service, path)
            #expect(result.status == 1)
            #expect(result.errors.contains(part), "\(result.errors)")
        }
    }
}
