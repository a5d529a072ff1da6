// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

/// Retention, as it is said, counted, and done in time.
struct RemovesTheOldestTests {
    private func rotated(_ service: RunningService, _ stream: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: service.directory.path)
            .filter { $0.hasPrefix("\(stream).log.") }.sorted()
    }

    @Test(arguments: [
        ("backup_count: 1", "count"), ("max_total_bytes: 1", "bytes"), ("max_age: 1s", "age"),
    ])
    func `each removal is a line of the log and is counted by its reason`(
        limit: String, reason: String
    ) throws {
        let text = """
            listen: ["127.0.0.1:0"]
            rotation: {utc: true, max_bytes: 20, \(limit)}
            """
        try RunningService.run(configuration: text) { service in
            for number in 0..<3 {
                #expect(try service.post("{\"number\":\(number)}").status == 200)
            }
            let left = reason == "count" ? 1 : 0
            try eventually("only what is kept is there") {
                try rotated(service, "app").count == left
            }
            let removed = Double(2 - left)
            try eventually("it is counted") {
                try service.metrics().samples[
                    "cordwood_files_removed_total{reason=\"\(reason)\"}"] == removed
            }
            #expect(try service.metrics().total("cordwood_files_removed_total") == removed)
            #expect(service.times(.fileRemoved, with: "reason \(reason): ") == Int(removed))
            #expect(service.said.contains("removed \(service.directory.path)/app.log."))
        }
    }

    /// The day's file has a name that sorts before those of its hours.
    @Test func `a change of the schedule costs no newer file`() throws {
        func text(_ rotation: String) -> String {
            "listen: [\"127.0.0.1:0\"]\nrotation: {utc: true, max_bytes: 20, \(rotation)}\n"
        }
        try RunningService.run(configuration: text("when: S, interval: 86399")) { service in
            for number in 0..<3 {
                #expect(try service.post("{\"number\":\(number)}").status == 200)
            }
            try service.configure(text("when: MIDNIGHT"))
            try service.reload()
            for number in 3..<6 {
                #expect(try service.post("{\"number\":\(number)}").status == 200)
            }
            try service.configure(text("when: MIDNIGHT, backup_count: 2"))
            try service.reload()
            try eventually("two are left") { try rotated(service, "app").count == 2 }
            let numbers = try service.lines(of: "app").joined()
            for number in 0..<6 {
                #expect(numbers.contains("\(number)") == (number >= 3), "\(numbers)")
            }
        }
    }

    /// Compressing the file takes a multiple of the time that is left to it.
    @Test func `a file that expires while it is compressed is removed with older ones`() throws {
        let text = "listen: [\"127.0.0.1:0\"]\nrotation: {utc: true, max_age: \"5s\"}\n"
        try RunningService.run(configuration: text) { service in
            #expect(try service.post("/logs/big", "{}").status == 200)
            let path = service.directory.path + "/big.log.2026-01-01"
            // A hole, which takes no room.
            try Data().write(to: URL(fileURLWithPath: path + ".new"))
            try #require(truncate(path + ".new", 16 << 30) == 0)
            try #require(rename(path + ".new", path) == 0)
            let temporary = service.directory.path + "/.big.log.2026-01-01.gz.tmp"
            try eventually("it is being compressed") {
                FileManager.default.fileExists(atPath: temporary)
            }
            let start = Date()
            try eventually("it is removed") { try rotated(service, "big").isEmpty }
            #expect(Date().timeIntervalSince(start) < 15)
            try eventually("nothing is left of it") {
                !FileManager.default.fileExists(atPath: temporary)
            }
            try service.wait(for: .fileRemoved, with: "big.log.2026-01-01, reason age")
        }
    }

    @Test func `a file that cannot be sealed delays no other`() throws {
        let text = """
            listen: ["127.0.0.1:0"]
            rotation: {utc: true, max_bytes: 20, backup_count: 2}
            """
        try RunningService.run(configuration: text) { service in
            // Another name keeps it from being sealed.
            let directory = service.directory.path
            try Data("{}\n".utf8).write(to: URL(fileURLWithPath: directory + "/bad.log.2026-01-01"))
            try FileManager.default.linkItem(
                atPath: directory + "/bad.log.2026-01-01", toPath: directory + "/other")
            #expect(try service.post("/logs/bad", "{}").status == 200)
            try service.wait(for: .sealFailed, with: "bad.log.2026-01-01")
            let start = Date()
            for number in 0..<5 {
                #expect(try service.post("/logs/good", "{\"number\":\(number)}").status == 200)
            }
            try eventually("the other stream is sealed and kept") {
                let names = try rotated(service, "good")
                return names.count == 2 && names.allSatisfy { $0.hasSuffix(".gz") }
            }
            #expect(Date().timeIntervalSince(start) < 15)
            #expect(service.times(.sealFailed, with: "bad.log.2026-01-01") == 1)
        }
    }
}

extension UnderLoad {
    @Suite(.enabled(if: FileSystemInMemory.canMount, "needs the right to mount"))
    struct RemovesTheOldestOnAFullDiskTests {
        @Test
        func `expired files make room although nothing can be compressed`() throws {
            try FileSystemInMemory.with(options: "size=3m") { mounted in
                let logs = mounted.appendingPathComponent("logs")
                let flags = ["--when", "S", "--interval", "2", "--backup-count", "1"]
                try RunningService.run(
                    flags, environment: ["CORDWOOD_DISK_MIN_FREE": "0"], in: logs
                ) { service in
                    var (accepted, longestWait, last) = (0, 0.0, Date())
                    let end = Date() + 20
                    while Date() < end {
                        if try service.post(incompressible()).status == 200 {
                            accepted += 1
                            longestWait = max(longestWait, Date().timeIntervalSince(last))
                            last = Date()
                            // Two in one file would leave no room for a third, and rightly so.
                            try eventually("its file is rotated") {
                                let active = logs.appendingPathComponent("app.log")
                                return (try? Data(contentsOf: active))?.isEmpty ?? false
                            }
                        }
                        usleep(200_000)
                    }
                    longestWait = max(longestWait, Date().timeIntervalSince(last))
                    #expect(accepted >= 4, "\(accepted) accepted")
                    #expect(longestWait < 12, "\(longestWait) s without an acceptance")
                }
            }
        }

        /// A record of 1.3 MB in one line.
        private func incompressible() -> String {
            var bytes = [UInt8](repeating: 0, count: 975_000)
            for index in bytes.indices { bytes[index] = .random(in: 0...255) }
            let text = Data(bytes).base64EncodedString()
            let half = text.index(text.startIndex, offsetBy: text.count / 2)
            return "{\"a\":\"\(text[..<half])\"}\n{\"a\":\"\(text[half...])\"}"
        }
    }
}
