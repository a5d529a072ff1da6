// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

struct ReplacesAStoppedWorkerTests {
    private static let quick = ["CORDWOOD_TIMEOUTS_WATCHDOG": "2s"]

    @Test
    func `a worker that stands still is killed and replaced`() throws {
        try RunningService.run(["--workers", "2"], environment: Self.quick) { service in
            let before = try service.workers()
            let victim = before[0]
            kill(victim, SIGSTOP)
            try eventually("its end", within: 60) { !isAlive(victim) }
            try eventually("its successor", within: 60) {
                let workers = (try? service.workers()) ?? []
                return workers.count == 2 && !workers.contains(victim)
            }
            #expect(isAlive(before[1]))
            #expect(service.times(.processHung) == 1)
            #expect(try service.restarts("hung") == 1)
            #expect(try service.restarts("killed") == 0)
            #expect(try service.post(#"{"a":1}"#).status == 200)
        }
    }

    @Test
    func `a sealer that stands still is replaced too`() throws {
        try RunningService.run(["--workers", "1"], environment: Self.quick) { service in
            let workers = try service.workers()
            let sealer = try #require(try service.children().first { !workers.contains($0) })
            kill(sealer, SIGSTOP)
            try eventually("another sealer", within: 60) {
                let children = try service.children()
                return children.count == 2 && !children.contains(sealer)
            }
            #expect(try service.workers() == workers)
        }
    }

    @Test
    func `a foreign process that holds the lock is named and not killed`() throws {
        try RunningService.run(["--workers", "1"], environment: Self.quick) { service in
            let page = service.directory.appendingPathComponent(".app.log.state").path
            let lock = open(page, O_RDONLY)
            #expect(lock >= 0 && flock(lock, LOCK_EX) == 0)
            let connection = try service.connect()
            try connection.send(Request.post(#"{"a":1}"#))
            let worker = try #require(try service.children().first)
            try service.wait(for: .lockHeld, with: "process \(getpid())")
            #expect(isAlive(worker))
            close(lock)
            #expect(try connection.response()?.status == 200)
        }
    }

    #if DEBUG
        /// The one that stands still holds the lock of the file, so all others wait for it.
        ///
        ///     worker A: flock, write ✋ SIGSTOP          who is to be killed
        ///     worker B: flock … waits … no heartbeat     who is not
        @Test
        func `of workers that wait for a lock, only the one that holds it is killed`() throws {
            try Scratch.with { scratch in
                let logs = scratch.appendingPathComponent("logs")
                _ = try RunningService.run(in: logs) { try $0.stop() }
                // Where the file is there, the first write says that the worker is ready, and the
                // second one is a record.
                let environment = Self.quick.merging(["CORDWOOD_FAULTS": "write:2=stop"]) { $1 }
                try RunningService.run(["--workers", "1"], environment: environment, in: logs) {
                    try expectHolderIsKilled($0)
                }
            }
        }

        private func expectHolderIsKilled(_ service: RunningService) throws {
            let holder = try #require(try service.workers().first)
            let first = try service.connect()
            try first.send(Request.post(#"{"a":1}"#))
            try eventually("it stands still") { state(holder) == "T" }
            // Another worker, which cannot even open the file.
            service.signal(SIGTTIN)
            let waiter = try eventually("another worker") {
                try service.children().first { $0 != holder && isWaitingForALock($0) }
            }
            try eventually("the end of the one that stands still", within: 60) {
                !isAlive(holder)
            }
            #expect(service.times(.processHung) == 1)
            #expect(isAlive(waiter))
        }
    #endif

    /// As in proc(5): T stands still.
    private func state(_ process: pid_t) -> Character? {
        let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
        return stat?.split(separator: ")").last?.drop { $0 == " " }.first
    }

    private func isWaitingForALock(_ process: pid_t) -> Bool {
        let locks = (try? String(contentsOfFile: "/proc/locks", encoding: .utf8)) ?? ""
        return locks.split(separator: "\n").contains {
            $0.contains("->") && $0.split(separator: " ").contains("\(process)")
        }
    }
}

extension RunningService {
    func restarts(_ reason: String) throws -> Double {
        try metrics().samples[#"cordwood_worker_restarts_total{reason="\#(reason)"}"#] ?? 0
    }
}
