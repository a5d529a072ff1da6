// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

struct ReopensItsFilesTests {
    @Test
    func `USR1 opens the files again, in the same processes`() throws {
        try RunningService.run(["--workers", "2"]) { service in
            let children = try service.children()
            #expect(try service.post(#"{"a":1}"#).status == 200)
            let active = service.directory.appendingPathComponent("app.log")
            let moved = service.directory.appendingPathComponent("moved")
            try FileManager.default.moveItem(at: active, to: moved)
            service.signal(SIGUSR1)
            try service.wait(for: .filesReopened, count: 2)
            #expect(try service.post(#"{"a":2}"#).status == 200)
            #expect(try service.lines() == [#"{"a":2}"#])
            #expect(try String(contentsOf: moved, encoding: .utf8) == "{\"a\":1}\n")
            #expect(try service.children() == children)
        }
    }

    /// The worker finds the signal and the requests in the same turn of its loop.
    @Test
    func `USR1 between requests and their answers mixes nothing up`() throws {
        try RunningService.run(["--workers", "1"]) { service in
            let worker = try #require(try service.workers().first)
            let connections = try ["b", "c"].map { stream in
                let connection = try service.connect()
                try connection.send(Request.post(#"{"n":0}"#, to: "/logs/\(stream)"))
                #expect(try connection.response()?.status == 200)
                return (stream, connection)
            }
            for round in 1...10 {
                kill(worker, SIGSTOP)
                for (stream, connection) in connections {
                    try connection.send(Request.post("{\"n\":\(round)}", to: "/logs/\(stream)"))
                }
                service.signal(SIGUSR1)
                try service.wait(for: .signalReceived, with: "USR1", count: round)
                kill(worker, SIGCONT)
                for (_, connection) in connections {
                    #expect(try connection.response()?.status == 200)
                }
            }
            #expect(try service.workers() == [worker])
            for stream in ["b", "c"] {
                #expect(try service.lines(of: stream) == (0...10).map { "{\"n\":\($0)}" })
            }
        }
    }
}
