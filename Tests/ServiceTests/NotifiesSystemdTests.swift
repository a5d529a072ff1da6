// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// sd_notify(3), with the socket that systemd would have.
struct NotifiesSystemdTests {
    @Test(arguments: ["/", "@"])
    func `READY comes when all processes work and readyz says so`(kind: String) throws {
        try Scratch.with { scratch in
            let socket = try NotifySocket(kind + String("\(scratch.path)/notify".dropFirst()))
            // Each child stands still when it is about to make its loop, until it is woken.
            let environment = [
                "NOTIFY_SOCKET": socket.name, "CORDWOOD_FAULTS": "epoll_create1:2=stop",
            ]
            var woken: Set<pid_t> = []
            try RunningService.run(
                ["--workers", "2"], environment: environment,
                starting: { service in
                    while woken.count < 3 {
                        let next = try eventually("a child that stands still") {
                            try service.children().first { isStopped($0) && !woken.contains($0) }
                        }
                        #expect(socket.states == [])
                        woken.insert(next)
                        kill(next, SIGCONT)
                    }
                    #expect(try socket.state(0) == ["READY": "1", "STATUS": "Serving"])
                    #expect(Set(try service.children()) == woken)
                },
                { service in
                    let answer = try service.get("/readyz")
                    #expect(answer.status == 200)
                    #expect(socket.states.count == 1)
                })
        }
    }

    @Test
    func `a service that cannot work is never ready`() throws {
        try Scratch.with { scratch in
            let socket = try NotifySocket(scratch.path + "/notify")
            // The worker cannot open its file.
            let directory = scratch.appendingPathComponent("logs/app.log")
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true)
            let result = try Binary.run(
                [
                    "serve", "--listen", "127.0.0.1:0", "--directory",
                    directory.deletingLastPathComponent().path,
                ], environment: ["NOTIFY_SOCKET": socket.name])
            #expect(result.status == 73)
            #expect(socket.states.map { $0["STOPPING"] } == ["1"])
        }
    }

    @Test
    func `a reload, a rejected one and an upgrade notify at begin and end, and so does the stop`()
        throws
    {
        try Scratch.with { scratch in
            let socket = try NotifySocket(scratch.path + "/notify")
            let file = scratch.appendingPathComponent("cordwood.yaml")
            try Data().write(to: file)
            try RunningService.run(
                ["--config", file.path], environment: ["NOTIFY_SOCKET": socket.name]
            ) { service in
                #expect(try socket.state(0)["READY"] == "1")
                var before = monotonicMicroseconds()
                try service.reload()
                try expectReloading(try socket.state(1), since: before)
                #expect(try socket.state(2) == ["READY": "1", "STATUS": "Serving"])

                try Data("workers: many\n".utf8).write(to: file)
                before = monotonicMicroseconds()
                try service.failToReload()
                try expectReloading(try socket.state(3), since: before)
                let refused = try socket.state(4)
                #expect(refused["READY"] == "1")
                #expect(refused["STATUS"]?.contains("the last reload failed") == true)

                try Data().write(to: file)
                before = monotonicMicroseconds()
                try service.upgrade()
                try expectReloading(try socket.state(5), since: before)
                #expect(try socket.state(6) == ["READY": "1", "STATUS": "Serving"])
                #expect(socket.states.count == 7)

                #expect(try service.stop() == 0)
                #expect(try socket.state(7)["STOPPING"] == "1")
                #expect(socket.states.count == 8)
            }
        }
    }

    @Test
    func `a delayed stop is announced at once`() throws {
        try Scratch.with { scratch in
            let socket = try NotifySocket(scratch.path + "/notify")
            let environment = [
                "NOTIFY_SOCKET": socket.name, "CORDWOOD_TIMEOUTS_STOP_DELAY": "60s",
            ]
            try RunningService.run(environment: environment) { service in
                _ = try socket.state(0)
                service.signal(SIGTERM)
                #expect(try socket.state(1)["STOPPING"] == "1")
                #expect(service.isRunning)
            }
        }
    }

    /// `WATCHDOG_PID` is the service's own, which only its launcher can know before it runs.
    @Test
    func `heartbeats come often enough, also after a reload and an upgrade`() throws {
        try Scratch.with { scratch in
            let socket = try NotifySocket(scratch.path + "/notify")
            let environment = ["NOTIFY_SOCKET": socket.name, "WATCHDOG_USEC": "2000000"]
            let launcher = [
                "/bin/sh", "-c", #"WATCHDOG_PID=$$; export WATCHDOG_PID; exec "$@""#, "",
            ]
            try RunningService.run(environment: environment, through: launcher) { service in
                for change in [{}, service.reload, service.upgrade] {
                    try change()
                    try expectSignsOfLife(socket)
                }
            }
        }
    }

    /// systemd forgives no gap of two seconds; on a busy machine only their mean can be told.
    private func expectSignsOfLife(_ socket: NotifySocket) throws {
        let first = socket.signsOfLife
        let beginning = monotonicMicroseconds()
        try eventually("four signs of life") { socket.signsOfLife >= first + 4 }
        #expect(monotonicMicroseconds() - beginning < 4 * 2_000_000)
    }

    private func expectReloading(_ state: [String: String], since before: Int64) throws {
        #expect(state["RELOADING"] == "1")
        let time = try #require(state["MONOTONIC_USEC"].flatMap { Int64($0) })
        #expect(time >= before && time <= monotonicMicroseconds())
    }

    private func monotonicMicroseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }
}
