// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// How many streams stay open, and how many there may be.
struct BoundsStreamsTests {
    /// All in one turn of the loop, too: half of the requests come before an answer is read.
    @Test func `a worker closes streams, and loses nothing`() throws {
        let (limit, streamCount, rounds) = (5, 60, 10)
        try RunningService.run(
            ["--workers", "1"], environment: ["CORDWOOD_STREAMS_MAX_OPEN": "\(limit)"]
        ) { service in
            let worker = try #require(try service.workers().first)
            let connection = try service.connect()
            var most = 0
            for round in 0..<rounds {
                var requests: [UInt8] = []
                for stream in 0..<streamCount {
                    requests += Request.post("{\"n\":\(round)}\n{broken\n", to: "/logs/s\(stream)")
                }
                try connection.send(requests)
                for _ in 0..<streamCount {
                    #expect(try connection.response()?.status == 200)
                    most = max(most, try openFiles(of: worker, in: service).count)
                }
            }
            // A file and a page, and both once more for the rejected records; one stream more than
            // the limit may be open until its records are written.
            #expect(most > 2 * limit && most <= 4 * (limit + 1))
            try eventually("the end of the last turn") {
                try openFiles(of: worker, in: service).count <= 4 * limit
            }
            for stream in 0..<streamCount {
                let expected = (0..<rounds).map { "{\"n\":\($0)}" }
                #expect(try service.lines(of: "s\(stream)") == expected)
                #expect(try service.lines(of: "s\(stream).rejected").count == rounds)
            }
        }
    }

    @Test func `beyond the limit a new stream is 503, and existing ones continue`() throws {
        try RunningService.run(
            ["--workers", "2"],
            environment: ["CORDWOOD_STREAMS_MAX_COUNT": "4", "CORDWOOD_STREAMS_MAX_OPEN": "1"]
        ) { service in
            for name in ["a", "b", "c"] {
                // Its rejected records are no stream of their own.
                #expect(try service.post("/logs/\(name)", "{}\n{broken").status == 200)
            }
            let before = try FileManager.default.contentsOfDirectory(
                atPath: service.directory.path
            ).sorted()
            for name in ["d", "e", "d"] {
                let answer = try service.post("/logs/\(name)", "{}")
                #expect(answer.status == 503)
                #expect(try answer.failure.code == "too_many_streams")
                #expect(answer.header("retry-after") == "1")
            }
            for name in ["a", "b", "c", "app"] {
                #expect(try service.post("/logs/\(name)", "{}").status == 200)
            }
            let names = try FileManager.default.contentsOfDirectory(
                atPath: service.directory.path
            ).sorted()
            #expect(names == before)
            let metrics = try Metrics(try service.get("/metrics").text)
            #expect(metrics.samples["cordwood_overload_total{reason=\"streams\"}"] == 3)

            for name in ["b.log", "b.rejected.log", ".b.log.state", ".b.rejected.log.state"] {
                try FileManager.default.removeItem(
                    at: service.directory.appendingPathComponent(name))
            }
            try eventually("room for another") {
                try service.post("/logs/d", "{}").status == 200
            }
        }
    }

    @Test func `a stream whose files are removed comes back only when it is written to`() throws {
        try RunningService.run(["--workers", "1"]) { service in
            let worker = try #require(try service.workers().first)
            #expect(try service.post("/logs/gone", "{}\n{broken").status == 200)
            #expect(try service.post("/logs/stays", "{}").status == 200)
            func names() throws -> [String] {
                try FileManager.default.contentsOfDirectory(atPath: service.directory.path)
                    .filter { $0.contains("gone") }
            }
            for name in try names() {
                try FileManager.default.removeItem(
                    at: service.directory.appendingPathComponent(name))
            }
            try eventually("the worker has let go of it") {
                try openFiles(of: worker, in: service).allSatisfy { !$0.contains("gone") }
            }
            #expect(try names() == [])
            #expect(service.times(.streamReleased, with: "gone") > 0)
            #expect(try service.post("/logs/gone", "{}").status == 200)
            #expect(try service.lines(of: "gone") == ["{}"])
            #expect(try service.lines(of: "stays") == ["{}"])
        }
    }

    @Test func `the default stream always exists`() throws {
        let place = try LogDirectory([".a.log.state": "", ".b.log.state": ""])
        try RunningService.run(
            environment: ["CORDWOOD_STREAMS_MAX_COUNT": "1"], in: URL(fileURLWithPath: place.path)
        ) { service in
            let statuses = try ["/logs", "/logs/b", "/logs/c"].map {
                try service.post($0, "{}").status
            }
            #expect(statuses == [200, 200, 503])
        }
    }

    private func openFiles(of worker: pid_t, in service: RunningService) throws -> [String] {
        let descriptors = "/proc/\(worker)/fd"
        return try FileManager.default.contentsOfDirectory(atPath: descriptors).compactMap {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "\(descriptors)/\($0)")
        }.filter { $0.hasPrefix(service.directory.path + "/") }
    }
}
