// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A start names other users that may write to the logs.
struct WarnsOfOtherWritersTests {
    @Test(arguments: [
        (0o750 as mode_t, nil), (0o755, nil), (0o1777, nil), (0o777, "everybody may write to"),
        (0o770, "its group may write to"),
    ])
    func `a directory that others may write to`(mode: mode_t, sentence: String?) throws {
        try Scratch.with { scratch in
            let logs = scratch.appendingPathComponent("logs")
            try #require(mkdir(logs.path, 0o700) == 0 && chmod(logs.path, mode) == 0)
            try RunningService.run(in: logs) { service in
                #expect(service.times(.directoryExposed) == (sentence == nil ? 0 : 1))
                if let sentence { #expect(service.said.contains("\(sentence) \(logs.path)")) }
            }
            guard mode == 0o770 else { return }
            let environment = ["CORDWOOD_FILES_DIRECTORY_MODE": "0770"]
            try RunningService.run(environment: environment, in: logs) { service in
                #expect(service.times(.directoryExposed) == 0)
            }
        }
    }

    @Test(.enabled(if: geteuid() == 0, "needs root"), arguments: ["app.log", ".app.log.state"])
    func `a file of another user`(name: String) throws {
        try Scratch.with { scratch in
            let logs = scratch.appendingPathComponent("logs")
            try RunningService.run(in: logs) { service in
                #expect(service.times(.directoryExposed) == 0)
                try service.stop()
            }
            let path = logs.appendingPathComponent(name).path
            try #require(chown(path, 65534, 65534) == 0)
            try RunningService.run(in: logs) { service in
                #expect(service.times(.directoryExposed, with: path) == 1)
                let answer = try service.post(#"{"a":1}"#)
                #expect(answer.status == 200)
            }
        }
    }
}
