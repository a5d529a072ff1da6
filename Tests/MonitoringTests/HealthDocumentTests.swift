// SPDX-License-Identifier: Apache-2.0

import Foundation
import OpenSSL
import Prefork
import Testing

@testable import Monitoring

/// What `/health` makes of the scoreboard, of a service with two workers and a sealer.
@Suite struct HealthDocumentTests {
    private static let now: (monotonic: Int64, epoch: Int64) = (1000, 1_700_000_000)

    private static func service() throws -> Scoreboard {
        let board = try CounterLayout.sample.scoreboard(rowCount: 8)
        let master = Counters(board, row: 0)
        board.use(row: 0)
        master.set(.workersWanted, to: 2)
        master.set(.startedAt, to: 100)
        for (row, role, number) in [(1, RowRole.worker, 0), (2, .worker, 1), (3, .sealer, -1)] {
            let counters = Counters(board, row: row)
            counters.run(role, Int64(number))
            counters.set(.heartbeat, to: now.monotonic)
        }
        return board
    }

    private static func document(
        _ board: Scoreboard, _ readiness: Readiness = .ready,
        _ certificates: [CertificateFacts] = []
    ) -> HealthDocument {
        HealthDocument(
            board, readiness, version: "1.2.3", directory: "/logs", disk: nil,
            certificates: certificates, now: now)
    }

    /// A service of which each number is another, so that none can stand for its neighbour.
    private static func busyService() throws -> Scoreboard {
        let board = try service()
        let cells: [(row: Int, [(Cell, Int64)])] = [
            (0, [(.servingGeneration, 7), (.reloads, 8), (.reloadFailures, 9)]),
            (0, [(.reloadedAt, now.epoch - 10), (.lastReloadFailed, 1), (.nextStart, 1006)]),
            (0, [(.restartsKilled, 2), (.restartsExited, 3), (.restartsHung, 4)]),
            (0, [(.restartsRecycled, 50)]),
            (1, [(.process, 11), (.generation, 7), (.connections, 12), (.requestsInFlight, 13)]),
            (1, [(.received, 140), (.written, 100), (.writtenBefore, 30), (.rejected, 15)]),
            (1, [(.rollovers, 16), (.rolloverFailures, 17), (.rolloverOverdue, 3)]),
            (1, [(.heartbeat, 998)]), (2, [(.process, 21), (.written, 1000)]),
            (3, [(.process, 31), (.heartbeat, 995), (.sealPending, 32), (.sealPendingBytes, 33)]),
            (3, [(.sealPendingSince, now.epoch - 34), (.sealedFiles, 35), (.sealFailures, 36)]),
        ]
        for (row, values) in cells {
            for (cell, value) in values { Counters(board, row: row).set(cell, to: value) }
        }
        Counters(board, row: 0).noteReloadError("no such key")
        Counters(board, row: 1).noteError("no room")
        Counters(board, row: 3).noteError("no such file")
        for row in [0, 1, 3] {
            Counters(board, row: row).set(.lastErrorAt, to: now.epoch - 100 - Int64(row))
        }
        return board
    }

    private static func json(_ document: HealthDocument) throws -> [String: Any] {
        let json = try JSONSerialization.jsonObject(with: Data(document.text.utf8))
        return try #require(json as? [String: Any])
    }

    /// The same JSON with its members in alphabetical order.
    private static func sorted(_ json: Any) throws -> String {
        let data = try JSONSerialization.data(
            withJSONObject: json, options: [.fragmentsAllowed, .sortedKeys])
        return String(decoding: data, as: UTF8.self)
    }

    /// A cell that differs from those of a service that is all right.
    typealias Change = (row: Int, cell: Cell, value: Int64)

    @Test(
        arguments: [
            ([], []),
            ([.workersMissing], [(2, .state, 0)]),
            ([.workersMissing], [(2, .state, 2)]),
            ([.workerSilent], [(1, .heartbeat, 989)]),
            ([], [(1, .heartbeat, 990)]),
            ([.sealerSilent], [(3, .heartbeat, 989)]),
            // Without a sealer its silence counts from the start of the service.
            ([.sealerSilent], [(3, .role, 0)]),
            ([], [(3, .role, 0), (0, .startedAt, 995)]),
            ([.writeError], [(1, .lastErrorAt, now.epoch - 30)]),
            ([], [(1, .lastErrorAt, now.epoch - 31)]),
            ([.sealingFails], [(3, .lastErrorAt, now.epoch - 60)]),
            ([], [(3, .lastErrorAt, now.epoch - 61)]),
            ([.reloadFailed], [(0, .lastReloadFailed, 1)]),
            ([.rolloverOverdue], [(2, .rolloverOverdue, 6)]),
            // A worker that has ended no longer has the file open.
            ([.workersMissing], [(2, .rolloverOverdue, 6), (2, .state, 0)]),
        ] as [([HealthReason], [Change])])
    func `the reasons follow from the scoreboard`(
        reasons: [HealthReason], changes: [Change]
    ) throws {
        let board = try Self.service()
        for change in changes {
            Counters(board, row: change.row).set(change.cell, to: change.value)
        }
        let document = Self.document(board)
        #expect(document.facts.reasons == reasons)
        let json = try Self.json(document)
        #expect(json["status"] as? String == (reasons.isEmpty ? "ok" : "degraded"))
        let codes = (json["reasons"] as? [[String: String]])?.compactMap { $0["code"] }
        #expect(codes == reasons.map(\.rawValue))
    }

    @Test(arguments: [
        ("uptime_seconds", "900"), ("workers_wanted", "2"), ("worker_restarts", "9"),
        (
            "configuration",
            #"""
            {"generation":7,"reloaded_at":"2023-11-14T22:13:10.000Z","reloads":8,"failed_reloads":9,
            "last_reload_failed":true,
            "last_reload_error":{"at":"2023-11-14T22:11:40.000Z","error":"no such key"}}
            """#
        ),
        (
            "workers",
            #"""
            [{"number":0,"pid":11,"state":"running","generation":7,"connections":12,
            "requests_in_flight":13,"records_written":70,"heartbeat_age_seconds":2},
            {"number":1,"pid":21,"state":"running","generation":0,"connections":0,
            "requests_in_flight":0,"records_written":1000,"heartbeat_age_seconds":0}]
            """#
        ),
        ("leaving", "[]"),
        ("restarts", #"{"killed":2,"exited":3,"hung":4,"recycled":50}"#),
        ("next_start_in_seconds", "6"),
        ("records", #"{"received":140,"written":1100,"rejected":15}"#),
        (
            "disk",
            #"{"directory":"/logs","free_bytes":51,"total_bytes":52,"min_free_bytes":53}"#
        ),
        ("last_write_error", #"{"at":"2023-11-14T22:11:39.000Z","error":"no room"}"#),
        ("rollover", #"{"overdue_seconds":3,"rollovers":16,"failures":17}"#),
        ("sealer", #"{"pid":31,"state":"running","heartbeat_age_seconds":5}"#),
        (
            "sealing",
            #"""
            {"pending":32,"pending_bytes":33,"oldest_age_seconds":34,"sealed_files":35,
            "failures":36,"last_error":{"at":"2023-11-14T22:11:37.000Z","error":"no such file"}}
            """#
        ),
        (
            "certificates",
            #"""
            [{"file":"/c","subject":"s","names":["a"],"not_before":"2020-09-13T12:26:40.000Z",
            "not_after":"2027-01-15T08:00:00.000Z","days_left":1157}]
            """#
        ),
    ])
    func `each member shows its own numbers`(member: String, expected: String) throws {
        let certificate = CertificateFacts(
            file: "/c", subject: "s", names: ["a"], notBefore: 1_600_000_000,
            notAfter: 1_800_000_000)
        let document = HealthDocument(
            try Self.busyService(), .ready, version: "1.2.3", directory: "/logs",
            disk: DiskRoom(freeBytes: 51, totalBytes: 52, minFreeBytes: 53),
            certificates: [certificate], now: Self.now)
        let wanted = try JSONSerialization.jsonObject(
            with: Data(expected.utf8), options: .fragmentsAllowed)
        let shown = try #require(try Self.json(document)[member])
        #expect(try Self.sorted(shown) == Self.sorted(wanted))
    }

    @Test func `numbers that the service does not know are null`() throws {
        let board = try Self.service()
        Counters(board, row: 3).set(.role, to: 0)
        let json = try Self.json(Self.document(board))
        for member in ["next_start_in_seconds", "last_write_error", "sealer"] {
            #expect(json[member] is NSNull, "\(member)")
        }
        let sealing = json["sealing"] as? [String: Any]
        #expect(sealing?["oldest_age_seconds"] is NSNull && sealing?["last_error"] is NSNull)
        #expect((json["disk"] as? [String: Any])?["free_bytes"] is NSNull)
    }

    @Test(
        arguments: [
            (1_600_000_000, 1_800_000_000, []),
            (1_600_000_000, 1_700_100_000, ["certificate_expiring"]),
            (1_600_000_000, 1_699_999_999, ["certificate_invalid"]),
            (1_700_000_001, 1_800_000_000, ["certificate_invalid"]),
        ] as [(Int64, Int64, [String])])
    func `certificates are judged at the time of the answer`(
        notBefore: Int64, notAfter: Int64, codes: [String]
    ) throws {
        let facts = CertificateFacts(
            file: "/c", subject: "s", names: [], notBefore: notBefore, notAfter: notAfter)
        let json = try Self.json(Self.document(try Self.service(), .ready, [facts]))
        let reasons = json["reasons"] as? [[String: String]]
        #expect(reasons?.compactMap { $0["code"] } == codes)
    }

    @Test func `the reason of a failed reload is in its message`() throws {
        let board = try Self.service()
        let master = Counters(board, row: 0)
        master.set(.lastReloadFailed, to: 1)
        master.noteReloadError("line 3: no such key")
        let json = try Self.json(Self.document(board))
        let message = (json["reasons"] as? [[String: String]])?.first?["message"]
        #expect(message?.hasSuffix("line 3: no such key") == true)
    }

    @Test func `a replaced worker that drains is leaving, and is not missing`() throws {
        let board = try Self.service()
        Counters(board, row: 4).run(.worker, 0, .draining)
        let json = try Self.json(Self.document(board))
        #expect((json["workers"] as? [Any])?.count == 2)
        #expect((json["leaving"] as? [Any])?.count == 1)
        #expect(json["status"] as? String == "ok" && json["version"] as? String == "1.2.3")
    }
}
