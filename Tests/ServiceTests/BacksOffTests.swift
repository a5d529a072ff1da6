// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Workers that die again and again.
struct BacksOffTests {
    @Test
    func `a worker that keeps dying young comes back ever later, and others serve`() throws {
        try RunningService.run(["--workers", "2"]) { service in
            let children = try service.children()
            let steady = try #require(try service.workers().last)
            let began = Date()
            var dead: Set<pid_t> = [try #require(try service.workers().first)]
            dead.forEach { kill($0, SIGKILL) }
            for number in 1...5 {
                let next = try eventually("successor \(number)", within: 30) {
                    try service.children().first { !children.contains($0) && !dead.contains($0) }
                }
                kill(next, SIGKILL)
                dead.insert(next)
            }
            // At once, once more if it had lived long, then after 1, 2, 4 s by a clock of seconds.
            #expect(Date().timeIntervalSince(began) > 3)
            #expect(isAlive(steady) && service.isRunning)
            #expect(try service.post(#"{"a":1}"#).status == 200)
            try eventually("two workers again", within: 60) {
                // Until its end is noticed, one that was killed counts as a worker.
                try service.health().workerRestarts == 6 && service.workers().count == 2
            }
        }
    }

    @Test
    func `workers that die before they work end the start with a code of its own`() throws {
        try Scratch.with { scratch in
            // The master makes one set of events, and each child another one.
            let result = try Binary.run(
                ["serve", "--listen", "127.0.0.1:0", "--directory", scratch.path],
                environment: ["CORDWOOD_FAULTS": "epoll_create1:2=kill"])
            #expect(result.status == 70)
            #expect(result.errors.components(separatedBy: "was killed").count == 6)
        }
    }

    @Test
    func `a worker that cannot use its file ends the start with its code and reports it once`()
        throws
    {
        try Scratch.with { scratch in
            let file = scratch.appendingPathComponent("app.log")
            try FileManager.default.createDirectory(at: file, withIntermediateDirectories: false)
            let result = try Binary.run([
                "serve", "--listen", "127.0.0.1:0", "--workers", "8", "--directory", scratch.path,
            ])
            #expect(result.status == 73)
            #expect(result.errors.components(separatedBy: "\(file.path) is not a").count == 2)
        }
    }
}
