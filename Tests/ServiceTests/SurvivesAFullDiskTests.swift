// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension UnderLoad {
    @Suite(.enabled(if: FileSystemInMemory.canMount, "needs the right to mount"))
    struct SurvivesAFullDiskTests {
        private static let environment = ["CORDWOOD_DISK_MIN_FREE": "0"]

        @Test
        func `a full disk is 503 until there is space again, and tears no line`() throws {
            try FileSystemInMemory.with(options: "size=6m") { mounted in
                let logs = mounted.appendingPathComponent("logs")
                try RunningService.run(environment: Self.environment, in: logs) { service in
                    var acked: [String] = []
                    let filler = try fill(mounted, leaving: 1 << 20)
                    let refused = try sendUntilRefused(service, &acked)
                    #expect(refused.header("retry-after").flatMap { Int($0) } != nil)
                    #expect(try refused.failure.code == "write_failed")
                    #expect(try service.get("/livez").status == 200)
                    #expect(try service.health().status == "degraded")
                    #expect(try service.lines() == acked)
                    try FileManager.default.removeItem(at: filler)
                    for number in 0..<50 {
                        let record = record("later-\(number)", size: 3000)
                        #expect(try service.post(record).status == 200)
                        acked.append(record)
                    }
                    #expect(try service.lines() == acked)
                    #expect(try service.stop() == 0)
                }
            }
        }

        @Test
        func `before the disk is full requests are rejected, and readiness ends`() throws {
            try FileSystemInMemory.with(options: "size=6m") { mounted in
                let logs = mounted.appendingPathComponent("logs")
                let environment = ["CORDWOOD_DISK_MIN_FREE": "3MiB"]
                try RunningService.run(environment: environment, in: logs) { service in
                    #expect(try service.post(#"{"a":1}"#).status == 200)
                    let filler = try fill(mounted, leaving: 2 << 20)
                    try eventually("readiness ends") { try service.get("/readyz").status == 503 }
                    let answer = try eventually("a refusal") { () -> Response? in
                        let answer = try service.post(#"{"refused":1}"#)
                        return answer.status == 503 ? answer : nil
                    }
                    #expect(try answer.failure.code == "disk_low")
                    let reason = #"cordwood_overload_total{reason="disk_low"}"#
                    #expect(try service.metrics().samples[reason] ?? 0 >= 1)
                    #expect(answer.header("retry-after") != nil)
                    #expect(try service.request("HEAD", "/logs").status == 200)
                    try FileManager.default.removeItem(at: filler)
                    try eventually("readiness returns") {
                        try service.post(#"{"a":2}"#).status == 200
                    }
                    #expect(try service.lines().last == #"{"a":2}"#)
                }
            }
        }

        @Test(.enabled(if: Program.python != nil, "needs python3"))
        func `under load records answered 200 are there, and those answered 503 are not`() throws {
            try Scratch.with { scratch in
                try FileSystemInMemory.with(options: "size=16m") { mounted in
                    let logs = mounted.appendingPathComponent("logs")
                    let flags = ["--when", "S", "--backup-count", "0", "--workers", "4"]
                    try RunningService.run(flags, environment: Self.environment, in: logs) {
                        service in
                        let load = try Load(on: service, seconds: 6, in: scratch)
                        try eventually("the load is on") {
                            try service.health().records.written > 100
                        }
                        for _ in 0..<2 {
                            let filler = try fill(mounted, leaving: 0)
                            let before = try refusals(service)
                            try eventually("requests are refused") {
                                try refusals(service) > before + 10
                            }
                            try FileManager.default.removeItem(at: filler)
                            let written = try service.health().records.written
                            try eventually("records are written again") {
                                try service.health().records.written > written + 100
                            }
                        }
                        #expect(try load.finish().failures == [])
                        #expect(try service.stop() == 0)
                        let tally = try load.tally(logs)
                        #expect(tally.faults == [:])
                        #expect(tally.found == tally.acked)
                    }
                }
            }
        }

        private func refusals(_ service: RunningService) throws -> Double {
            try service.metrics().total("cordwood_overload_total")
        }

        /// Sends records until one is refused; returns that answer.
        private func sendUntilRefused(
            _ service: RunningService, _ acked: inout [String]
        ) throws -> Response {
            let connection = try service.connect()
            for number in 0..<1000 {
                let record = record("\(number)", size: 5000)
                try connection.send(Request.post(record))
                let answer = try #require(try connection.response())
                if answer.status == 503 { return answer }
                #expect(answer.status == 200)
                acked.append(record)
            }
            throw DeadlinePassed(description: "the disk did not fill")
        }

        private func record(_ id: String, size: Int) -> String {
            #"{"id":"\#(id)","text":"\#(String(repeating: "x", count: size))"}"#
        }

        /// Takes all space but `byteCount` of it.
        private func fill(_ directory: URL, leaving byteCount: Int) throws -> URL {
            let file = directory.appendingPathComponent("filler-\(UUID().uuidString)")
            _ = FileManager.default.createFile(atPath: file.path, contents: nil)
            var free = statvfs()
            guard statvfs(directory.path, &free) == 0 else {
                throw Connection.Failure(operation: "statvfs", errno: errno)
            }
            let space = Int(free.f_bavail) * Int(free.f_frsize) - byteCount
            // The service may be faster at taking the last of it.
            _ = try ChildProcess(
                program: "/usr/bin/fallocate", arguments: ["-l", "\(max(4096, space))", file.path]
            ).run()
            if byteCount == 0 {
                _ = try ChildProcess(
                    program: "/bin/dd",
                    arguments: [
                        "if=/dev/zero", "of=\(file.path)", "bs=4k", "oflag=append", "conv=notrunc",
                    ]
                ).run()
            }
            return file
        }
    }
}
