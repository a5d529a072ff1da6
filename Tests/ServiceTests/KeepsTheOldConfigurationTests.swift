// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// A reload that is wrong changes nothing, and says why.
struct KeepsTheOldConfigurationTests {
    private let right = #"listen: ["127.0.0.1:0"]"# + "\nworkers: 1\n"

    @Test(arguments: [
        ("rotation:\n  backup_cuont: 3\n", "rotation.backup_cuont"),
        ("rotation:\n  when: X\n", "cordwood.yaml:4"),
        ("timeouts: [\n", "cordwood.yaml"),
        ("log:\n  level: loud\n", "loud"),
    ])
    func `a mistake is reported with its place, and the workers are the same`(
        wrong: String, part: String
    ) throws {
        try RunningService.run(configuration: right) { service in
            let children = try service.children()
            try service.configure(right + wrong)
            try expectRefusal(service, part)
            #expect(try service.children() == children)
            try service.configure(right)
            service.signal(SIGHUP)
            try service.wait(for: .reloaded)
        }
    }

    @Test
    func `a port in use is such a mistake`() throws {
        try RunningService.run { other in
            let address = "127.0.0.1:\(other.port)"
            try RunningService.run(configuration: right) { service in
                try service.configure(
                    "listen: [\"127.0.0.1:0\", \"\(address)\"]\nworkers: 1\n")
                try expectRefusal(service, address)
                #expect(try other.post(#"{"a":1}"#).status == 200)
                #expect(try other.lines().count == 1)
            }
        }
    }

    @Test
    func `a directory in which nothing can be written is such a mistake`() throws {
        try Scratch.with { scratch in
            // A directory where the file should be.
            let file = scratch.appendingPathComponent("wrong.log")
            try RunningService.run(in: scratch, configuration: right) { service in
                try FileManager.default.createDirectory(
                    at: file, withIntermediateDirectories: false)
                try service.configure(right + "streams:\n  default: wrong\n")
                let workers = try service.workers()
                try expectRefusal(service, file.path)
                #expect(try service.workers() == workers)
                let reason = "\(file.path) is not a regular file"
                #expect(service.times(.startFailed, with: reason) == 1)
                try eventually("nobody else") { try service.children().count == 2 }
            }
        }
    }

    @Test
    func `workers that made room for a schedule that failed come back`() throws {
        try Scratch.with { scratch in
            try RunningService.run(in: scratch, configuration: right) { service in
                try FileManager.default.createDirectory(
                    at: scratch.appendingPathComponent("wrong.log"),
                    withIntermediateDirectories: false)
                #expect(try service.post(#"{"a":1}"#).status == 200)
                try service.configure(
                    right + "streams:\n  default: wrong\nrotation:\n  when: S\n")
                service.signal(SIGHUP)
                try service.wait(for: .reloadFailed)
                #expect(try service.post(#"{"a":2}"#).status == 200)
                #expect(try service.lines() == [#"{"a":1}"#, #"{"a":2}"#])
            }
        }
    }

    private func expectRefusal(_ service: RunningService, _ part: String) throws {
        service.signal(SIGHUP)
        try service.wait(for: .reloadFailed)
        #expect(service.said.contains(part))
        #expect(try service.post(#"{"a":1}"#).status == 200)
        #expect(try service.lines().count == 1)
    }
}
