// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The metrics that every program has, for each process of the service.
struct CountsByProcessTests {
    private static let families = [
        "process_cpu_seconds_total", "process_resident_memory_bytes",
        "process_virtual_memory_bytes", "process_open_fds", "process_max_fds",
        "process_start_time_seconds",
    ]

    @Test func `the master, each worker and the sealer have each of them`() throws {
        try RunningService.run(["--workers", "2"]) { service in
            let metrics = try service.metrics()
            for family in Self.families {
                for process in ["master", "worker-0", "worker-1", "sealer"] {
                    let value = metrics.samples["\(family){process=\"\(process)\"}"]
                    #expect(value ?? 0 > 0, "\(family) of \(process): \(value ?? -1)")
                }
                #expect(metrics.samples.keys.count { $0.hasPrefix(family) } == 4)
            }
        }
    }

    @Test func `they are the kernel's values of the process`() throws {
        try RunningService.run(["--workers", "1"]) { service in
            let worker = try #require(try service.workers().first)
            let held = try (0..<50).map { _ in try service.connect() }
            for connection in held { try connection.send(Request.bytes("GET", "/livez")) }
            for connection in held { #expect(try connection.response()?.status == 200) }
            try eventually("its descriptors are counted") {
                let open = "/proc/\(worker)/fd"
                let files = try FileManager.default.contentsOfDirectory(atPath: open)
                let said = try value(service, "process_open_fds")
                return files.count > 50 && abs(said - Double(files.count)) <= 2
            }
            let status = try String(contentsOfFile: "/proc/\(worker)/status", encoding: .utf8)
            let match = try #require(status.firstMatch(of: /VmRSS:\s+(\d+) kB/))
            let resident = try #require(Double(match.output.1)) * 1024
            let said = try value(service, "process_resident_memory_bytes")
            #expect(abs(said - resident) < 4 * 1024 * 1024, "\(said), not \(resident)")
        }
    }

    @Test func `processor time grows with work, and a new worker begins again`() throws {
        try RunningService.run(["--workers", "1"]) { service in
            let before = try value(service, "process_cpu_seconds_total")
            let body = String(repeating: "{\"a\":1}\n", count: 50_000)
            try eventually("work is counted") {
                _ = try service.post(body, ["Content-Type: application/x-ndjson"])
                return try value(service, "process_cpu_seconds_total") > before + 0.01
            }
            let began = try value(service, "process_start_time_seconds")
            #expect(abs(began - Date().timeIntervalSince1970) < 600)
            let worker = try #require(try service.workers().first)
            kill(worker, SIGKILL)
            try eventually("the next worker says since when it is there") {
                guard !isAlive(worker) else { return false }
                return (try? value(service, "process_start_time_seconds")) ?? 0 >= began
            }
        }
    }

    private func value(_ service: RunningService, _ family: String) throws -> Double {
        try #require(try service.metrics().samples["\(family){process=\"worker-0\"}"])
    }
}
