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

    private static func json(_ document: HealthDocument) throws -> [String: Any] {
        let json = try JSONSerialization.jsonObject(with: Data(document.text.utf8))
        return try #require(json as? [String: Any])
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
