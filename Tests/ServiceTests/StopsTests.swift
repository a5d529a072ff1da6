// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

struct StopsTests {
    @Test
    func `TERM lets a request that has begun end, and answers it`() throws {
        try RunningService.run(["--workers", "2"]) { service in
            let connections = try (0..<4).map { _ in try service.connect() }
            for connection in connections {
                try connection.send(
                    "POST /logs HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n"
                        + "Expect: 100-continue\r\n\r\n")
                #expect(try connection.response()?.status == 100)
            }
            service.signal(SIGTERM)
            try eventually("nobody listens") { (try? service.connect()) == nil }
            #expect(service.isRunning)
            for (number, connection) in connections.enumerated() {
                try connection.send(#"{"a":\#(number)}"#)
                let answer = try #require(try connection.response())
                #expect(answer.status == 200)
                #expect(answer.closes)
                #expect(try connection.hasEnded())
                connection.close()
            }
            #expect(try service.waitForEnd() == 0)
            #expect(Set(try service.lines()) == Set((0..<4).map { #"{"a":\#($0)}"# }))
        }
    }

    @Test
    func `TERM does not wait for connections that idle`() throws {
        try RunningService.run { service in
            let connection = try service.connect()
            try connection.send(Request.post(#"{"a":1}"#))
            #expect(try connection.response()?.status == 200)
            #expect(try service.stop(SIGTERM, within: 6) == 0)
            #expect(try connection.hasEnded())
        }
    }

    @Test
    func `TERM waits no longer than configured for a request that does not end`() throws {
        try RunningService.run(environment: ["CORDWOOD_TIMEOUTS_DRAIN": "1s"]) { service in
            let connection = try service.connect()
            try connection.send(
                "POST /logs HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\nExpect: 100-continue\r\n\r\n"
            )
            #expect(try connection.response()?.status == 100)
            #expect(try service.stop(SIGTERM, within: 6) == 0)
            #expect(try service.lines() == [])
        }
    }

    @Test
    func `TERM lets a client that was just answered send its last request`() throws {
        try RunningService.run { service in
            let (logs, probe) = (try service.connect(), try service.connect())
            try logs.send(Request.post(#"{"a":1}"#))
            try probe.send(Request.bytes("GET", "/readyz"))
            #expect(try logs.response()?.status == 200)
            #expect(try probe.response()?.status == 200)
            service.signal(SIGTERM)
            try eventually("nobody listens") { (try? service.connect()) == nil }
            try logs.send(Request.post(#"{"a":2}"#))
            let last = try #require(try logs.response())
            #expect(last.status == 200)
            #expect(last.closes)
            // A load balancer that asks again learns that it should go elsewhere.
            try probe.send(Request.bytes("GET", "/readyz"))
            let readiness = try #require(try probe.response())
            #expect(readiness.status == 503)
            #expect(readiness.text == "draining\n")
            #expect(try service.waitForEnd() == 0)
            #expect(try service.lines() == [#"{"a":1}"#, #"{"a":2}"#])
        }
    }

    @Test
    func `TERM serves the connections that wait to be accepted`() throws {
        try RunningService.run(["--workers", "1"]) { service in
            let worker = try #require(try service.workers().first)
            kill(worker, SIGSTOP)
            let connections = try (0..<50).map { number in
                let connection = try service.connect()
                try connection.send(Request.post("{\"n\":\(number)}"))
                return connection
            }
            service.signal(SIGTERM)
            try eventually("the master has said that it stops") {
                service.times(.signalReceived, with: "TERM") == 1
            }
            kill(worker, SIGCONT)
            for connection in connections {
                #expect(try connection.response()?.status == 200)
                #expect(try connection.hasEnded())
                connection.close()
            }
            #expect(try service.waitForEnd() == 0)
            #expect(try service.lines().count == 50)
        }
    }

    @Test
    func `readiness turns 503 before the stop, and requests until then are accepted`() throws {
        let environment = ["CORDWOOD_TIMEOUTS_STOP_DELAY": "1h"]
        try RunningService.run(["--workers", "2"], environment: environment) { service in
            service.signal(SIGTERM)
            try eventually("readiness says so") { try service.get("/readyz").status == 503 }
            #expect(try service.get("/livez").status == 200)
            try eventually("answers say that they are the last") {
                let connection = try service.connect()
                try connection.send(Request.post(#"{"a":1}"#))
                let answer = try connection.response()
                #expect(answer?.status == 200)
                return answer?.closes ?? false
            }
            // A second TERM is in a hurry.
            #expect(try service.stop() == 0)
        }
    }

    @Test(arguments: [SIGINT, SIGQUIT])
    func `INT and QUIT stop at once`(signal: Int32) throws {
        try RunningService.run { service in
            let connection = try service.connect()
            try connection.send(
                "POST /logs HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\nExpect: 100-continue\r\n\r\n"
            )
            #expect(try connection.response()?.status == 100)
            let children = try service.children()
            #expect(try service.stop(signal, within: 5) == 0)
            #expect(!children.contains(where: isAlive))
        }
    }

    @Test
    func `when the master is killed the others finish their requests and end`() throws {
        try RunningService.run(["--workers", "2"]) { service in
            let children = try service.children()
            #expect(children.count == 3)
            let connection = try service.connect()
            try connection.send(
                "POST /logs HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\nExpect: 100-continue\r\n\r\n"
            )
            #expect(try connection.response()?.status == 100)
            try service.killMaster()
            try eventually("nobody listens") { (try? service.connect()) == nil }
            try connection.send(#"{"a":1}"#)
            let answer = try #require(try connection.response())
            #expect(answer.status == 200)
            #expect(answer.closes)
            connection.close()
            try eventually("all children are gone") { !children.contains(where: isAlive) }
            #expect(try service.lines() == [#"{"a":1}"#])
        }
    }
}

extension UnderLoad {
    @Suite(.enabled(if: Program.python != nil, "needs python3"))
    struct DrainsTests {
        /// Connections that stay, and a connection for every request, which may come at the very
        /// moment at which the listening sockets are closed.
        @Test(arguments: [["--last"], ["--last", "--fresh"]], [0, 1])
        func `TERM under load cuts no request and loses no record`(
            options: [String], delay: Int
        ) throws {
            let environment = ["CORDWOOD_TIMEOUTS_STOP_DELAY": "\(delay)s"]
            let flags = ["--workers", "4", "--when", "S", "--backup-count", "0"]
            try Scratch.with { scratch in
                try RunningService.run(flags, environment: environment) { service in
                    let load = try Load(on: service, seconds: 20, options, in: scratch)
                    try eventually("the load is on") {
                        try service.health().records.written > 2000
                    }
                    #expect(try service.stop() == 0)
                    let report = try load.finish()
                    let tally = try load.expectNothingLost(report, in: service.directory)
                    #expect(tally.acked > 2000)
                }
            }
        }
    }
}
