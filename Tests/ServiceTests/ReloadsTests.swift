// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// HUP: the configuration is read again, and new workers take over.
struct ReloadsTests {
    private let listen = #"listen: ["127.0.0.1:0"]"#

    @Test
    func `a reload changes how many workers there are, and keeps the socket`() throws {
        try RunningService.run(configuration: listen + "\nworkers: 1\n") { service in
            let before = try service.children()
            #expect(try service.post(#"{"a":1}"#).status == 200)
            try service.configure(listen + "\nworkers: 3\n")
            service.signal(SIGHUP)
            try service.wait(for: .reloaded)
            try eventually("the old ones have gone") { !before.contains(where: isAlive) }
            #expect(try service.workers().count == 3)
            #expect(try service.post(#"{"a":2}"#).status == 200)
            #expect(try service.lines() == [#"{"a":1}"#, #"{"a":2}"#])
            // What was counted by those who have gone still counts.
            #expect(try service.health().records.written == 2)
            #expect(try service.health().workerRestarts == 0)
            #expect(try service.metrics().total("cordwood_worker_restarts_total") == 0)
            #expect(try service.stop() == 0)
        }
    }

    @Test
    func `a reload opens new listeners and closes those that are gone`() throws {
        try Scratch.with { scratch in
            let (one, two) = (
                scratch.appendingPathComponent("1").path, scratch.appendingPathComponent("2").path
            )
            let first = #"listen: ["127.0.0.1:0", "unix:\#(one)"]"# + "\nworkers: 1\n"
            try RunningService.run(configuration: first) { service in
                #expect(FileManager.default.fileExists(atPath: one))
                try service.configure(
                    #"listen: ["127.0.0.1:0", "unix:\#(two)"]"# + "\nworkers: 1\n")
                service.signal(SIGHUP)
                try service.wait(for: .reloaded)
                #expect(!FileManager.default.fileExists(atPath: one))
                #expect(FileManager.default.fileExists(atPath: two))
                #expect(service.times(.listening, with: "unix:\(two)") == 1)
                #expect(try service.post(#"{"a":1}"#).status == 200)
                #expect(try service.stop() == 0)
                #expect(!FileManager.default.fileExists(atPath: two))
            }
        }
    }

    @Test
    func `a reload changes the log level`() throws {
        let debug = listen + "\nworkers: 1\nlog:\n  level: debug\n"
        try RunningService.run(configuration: listen + "\nworkers: 1\n") { service in
            #expect(service.times(.processStarted) == 0)
            try service.configure(debug)
            service.signal(SIGHUP)
            try service.wait(for: .reloaded)
            kill(try #require(try service.workers().last), SIGKILL)
            try service.wait(for: .processStarted, with: "worker 0")
        }
    }

    @Test
    func `another rotation schedule counts after a reload, and no record is lost`() throws {
        let rotation = listen + "\nworkers: 2\nrotation:\n  backup_count: 0\n  when: "
        try RunningService.run(configuration: rotation + "D\n") { service in
            for number in 0..<20 { #expect(try service.post("{\"n\":\(number)}").status == 200) }
            try service.configure(rotation + "S\n")
            service.signal(SIGHUP)
            // A request that comes between the old workers and the new ones waits in the socket.
            for number in 20..<40 { #expect(try service.post("{\"n\":\(number)}").status == 200) }
            try service.wait(for: .reloaded)
            #expect(try service.post(#"{"n":40}"#).status == 200)
            try eventually("a file that was rotated by seconds") {
                try service.files().contains {
                    $0.lastPathComponent.contains("_") && $0.pathExtension == "gz"
                }
            }
            try service.waitUntilSealed()
            #expect(try service.lines() == (0...40).map { "{\"n\":\($0)}" })
            #expect(service.times(.writeFailed) == 0 && service.times(.startFailed) == 0)
        }
    }

    @Test
    func `one HUP after the other, a hundred of them, end in the last configuration`() throws {
        try RunningService.run(configuration: listen + "\nworkers: 1\n") { service in
            for number in 0..<100 {
                if number == 99 { try service.configure(listen + "\nworkers: 2\n") }
                service.signal(SIGHUP)
            }
            try service.wait(for: .reloaded)
            try eventually("two workers and a sealer, and nobody else", within: 60) {
                try service.children().count == 3
                    && (try? service.workers().count) == 2
            }
            #expect(service.isRunning)
            #expect(service.times(.reloaded) < 50)
            #expect(try service.post(#"{"a":1}"#).status == 200)
            #expect(try service.stop() == 0)
        }
    }
}
