// SPDX-License-Identifier: Apache-2.0

import Bytes
import OpenSSL
import Prefork

/// The answer of `/health`: the state of the whole service, from whichever worker answers.
package struct HealthDocument {
    private let board: Scoreboard
    private let readiness: Readiness
    private let version: String
    private let directory: String
    private let disk: DiskRoom?
    private let certificates: [CertificateFacts]
    private let now: (monotonic: Int64, epoch: Int64)

    /// - Parameters:
    ///   - disk: nil where the system does not report it.
    ///   - certificates: those of the service.
    ///   - now: monotonic and epoch seconds.
    package init(
        _ board: Scoreboard, _ readiness: Readiness, version: String, directory: String,
        disk: DiskRoom?, certificates: [CertificateFacts], now: (monotonic: Int64, epoch: Int64)
    ) {
        self.board = board
        self.readiness = readiness
        self.version = version
        self.directory = directory
        self.disk = disk
        self.certificates = certificates
        self.now = now
    }

    var facts: HealthFacts {
        let workers = board.workers.serving
        var facts = HealthFacts(readiness: readiness)
        facts.writeErrorAge = board.lastError(of: .worker).map { now.epoch - $0.at }
        facts.hasReloadFailed = board[0, .lastReloadFailed] != 0
        facts.workersWanted = board[0, .workersWanted]
        facts.workersRunning = Int64(workers.count { board.state($0) == .running })
        facts.workerSilence = workers.map(silence).max() ?? 0
        facts.sealerSilence = sealerSilence
        facts.sealingErrorAge = board.lastError(of: .sealer).map { now.epoch - $0.at }
        facts.rolloverOverdue = board.rolloverOverdueSeconds
        facts.certificates = validities.map(\.state)
        return facts
    }

    package var text: String {
        let facts = facts
        let (serving, leaving) = board.workers
        let nextStart = board[0, .nextStart] - now.monotonic
        return JSONText.object([
            ("status", JSONText.string(facts.status)),
            ("reasons", JSONText.array(facts.reasons.map(reason))),
            ("version", JSONText.string(version)),
            ("uptime_seconds", "\(uptime)"),
            ("configuration", configuration),
            ("workers_wanted", "\(board[0, .workersWanted])"),
            ("workers", JSONText.array(serving.map(worker))),
            ("leaving", JSONText.array(leaving.map(worker))),
            ("worker_restarts", "\(board.restarts)"),
            ("restarts", restarts),
            ("next_start_in_seconds", nextStart > 0 ? "\(nextStart)" : "null"),
            ("records", records),
            ("disk", diskRoom),
            ("last_write_error", error(board.lastError(of: .worker))),
            ("rollover", rollover),
            ("sealer", sealer),
            ("sealing", sealing),
            ("certificates", JSONText.array(validities.map(certificate))),
        ]) + "\n"
    }

    // MARK: The parts

    private var uptime: Int64 { max(0, now.monotonic - board[0, .startedAt]) }

    private func reason(_ reason: HealthReason) -> String {
        JSONText.object([
            ("code", JSONText.string(reason.rawValue)),
            ("message", JSONText.string(message(reason))),
        ])
    }

    private func message(_ reason: HealthReason) -> String {
        guard reason == .reloadFailed, let error = board.reloadError else { return reason.message }
        return "\(reason.message) \(error.sentence)"
    }

    private var configuration: String {
        JSONText.object([
            ("generation", "\(board[0, .servingGeneration])"),
            ("reloaded_at", JSONText.time(board[0, .reloadedAt])),
            ("reloads", "\(board[0, .reloads])"),
            ("failed_reloads", "\(board[0, .reloadFailures])"),
            ("last_reload_failed", "\(board[0, .lastReloadFailed] != 0)"),
            ("last_reload_error", error(board.reloadError)),
        ])
    }

    private func worker(_ row: Int) -> String {
        JSONText.object([
            ("number", "\(board[row, .number])"),
            ("pid", "\(board[row, .process])"),
            ("state", JSONText.string("\(board.state(row))")),
            ("generation", "\(board[row, .generation])"),
            ("connections", "\(board[row, .connections])"),
            ("requests_in_flight", "\(board[row, .requestsInFlight])"),
            ("records_written", "\(board[row, .written] - board[row, .writtenBefore])"),
            ("heartbeat_age_seconds", "\(silence(row))"),
        ])
    }

    private var restarts: String {
        JSONText.object([
            ("killed", "\(board[0, .restartsKilled])"),
            ("exited", "\(board[0, .restartsExited])"),
            ("hung", "\(board[0, .restartsHung])"),
            ("recycled", "\(board[0, .restartsRecycled])"),
        ])
    }

    private var records: String {
        JSONText.object([
            ("received", "\(board.total(.received))"),
            ("written", "\(board.total(.written))"),
            ("rejected", "\(board.total(.rejected))"),
        ])
    }

    private var diskRoom: String {
        JSONText.object([
            ("directory", JSONText.string(directory)),
            ("free_bytes", JSONText.number(disk?.freeBytes)),
            ("total_bytes", JSONText.number(disk?.totalBytes)),
            ("min_free_bytes", JSONText.number(disk?.minFreeBytes)),
        ])
    }

    private var rollover: String {
        JSONText.object([
            ("overdue_seconds", "\(board.rolloverOverdueSeconds)"),
            ("rollovers", "\(board.total(.rollovers))"),
            ("failures", "\(board.total(.rolloverFailures))"),
        ])
    }

    private var sealer: String {
        guard let row = board.sealerRow else { return "null" }
        return JSONText.object([
            ("pid", "\(board[row, .process])"),
            ("state", JSONText.string("\(board.state(row))")),
            ("heartbeat_age_seconds", "\(silence(row))"),
        ])
    }

    private var sealing: String {
        let row = board.sealerRow ?? 0
        let since = board[row, .sealPendingSince]
        return JSONText.object([
            ("pending", "\(board[row, .sealPending])"),
            ("pending_bytes", "\(board[row, .sealPendingBytes])"),
            ("oldest_age_seconds", since > 0 ? "\(max(0, now.epoch - since))" : "null"),
            ("sealed_files", "\(board.total(.sealedFiles))"),
            ("failures", "\(board.total(.sealFailures))"),
            ("last_error", error(board.lastError(of: .sealer))),
        ])
    }

    private var validities: [CertificateValidity] {
        certificates.map { CertificateValidity($0, at: now.epoch) }
    }

    private func certificate(_ validity: CertificateValidity) -> String {
        let certificate = validity.certificate
        return JSONText.object([
            ("file", JSONText.string(certificate.file)),
            ("subject", JSONText.string(certificate.subject)),
            ("names", JSONText.array(certificate.names.map(JSONText.string))),
            ("not_before", JSONText.time(certificate.notBefore)),
            ("not_after", JSONText.time(certificate.notAfter)),
            ("days_left", "\(validity.daysLeft)"),
        ])
    }

    private func error(_ error: LastError?) -> String {
        guard let error else { return "null" }
        return JSONText.object([
            ("at", JSONText.time(error.at)), ("error", JSONText.string(error.sentence)),
        ])
    }

    // MARK: Heartbeats

    private func silence(_ row: Int) -> Int64 { max(0, now.monotonic - board[row, .heartbeat]) }

    /// Before the first sealer it counts from the start of the service.
    private var sealerSilence: Int64 { board.sealerRow.map(silence) ?? uptime }
}
