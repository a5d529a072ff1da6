// SPDX-License-Identifier: Apache-2.0

/// Why the service is not healthy, as `/health` lists it.
package enum HealthReason: String, CaseIterable {
    case draining, stopping
    case diskLow = "disk_low"
    case writesFail = "writes_fail"
    case writeError = "write_error"
    case reloadFailed = "reload_failed"
    case workersMissing = "workers_missing"
    case workerSilent = "worker_silent"
    case sealerSilent = "sealer_silent"
    case sealingFails = "sealing_fails"
    case rolloverOverdue = "rollover_overdue"
    case certificateInvalid = "certificate_invalid"
    case certificateExpiring = "certificate_expiring"

    /// The meaning, and what to do.
    var message: String {
        switch self {
        case .draining:
            "The service is stopping: it answers the requests in flight and accepts no others."
        case .stopping: "The service will stop soon and still accepts requests."
        case .diskLow:
            "The free space is less than disk.min_free, so ingest is answered 503: free some space."
        case .writesFail: "No record can be written: see last_write_error."
        case .writeError: "A write failed recently: see last_write_error."
        case .reloadFailed:
            "The last reload failed and the earlier configuration is still used: fix the new one and send HUP again."
        case .workersMissing: "Fewer workers run than should: see the diagnostic log."
        case .workerSilent: "A worker has sent no heartbeat for a while: see workers."
        case .sealerSilent:
            "No sealer has sent a heartbeat for a while: nothing is compressed or removed."
        case .sealingFails: "Rotated files cannot be compressed or removed: see sealing.last_error."
        case .rolloverOverdue:
            "A rollover is overdue and records still go to the old file: see the diagnostic log."
        case .certificateInvalid:
            "A certificate has expired or is not valid yet, so clients reject it: see certificates, and renew it."
        case .certificateExpiring: "A certificate expires soon: see certificates, and renew it."
        }
    }
}

/// The values from which the reasons follow; times and ages are in seconds.
struct HealthFacts: Equatable {
    var readiness = Readiness.ready
    var writeErrorAge: Int64?
    var hasReloadFailed = false
    var workersWanted: Int64 = 0
    var workersRunning: Int64 = 0
    /// Since the last heartbeat of the worker whose heartbeat is the oldest.
    var workerSilence: Int64 = 0
    var sealerSilence: Int64 = 0
    var sealingErrorAge: Int64?
    var rolloverOverdue: Int64 = 0
    var certificates: [CertificateValidity.State] = []

    /// Seconds for which a write error is reported.
    static let writeErrorMemory: Int64 = 30
    /// The sealer tries again after 30 seconds: while it fails, its error is younger than this.
    static let sealingErrorMemory: Int64 = 60
    /// A process records a heartbeat each second.
    static let silenceLimit: Int64 = 10
    /// Workers roll over due files each second, and the sealer those that no worker has open.
    static let overdueLimit: Int64 = 5

    var reasons: [HealthReason] {
        let all: [(HealthReason, Bool)] = [
            (.draining, readiness == .draining), (.stopping, readiness == .stopping),
            (.diskLow, readiness == .diskLow), (.writesFail, readiness == .writesFail),
            (.writeError, readiness != .writesFail && isWriteErrorRecent),
            (.reloadFailed, hasReloadFailed), (.workersMissing, workersRunning < workersWanted),
            (.workerSilent, workerSilence > Self.silenceLimit),
            (.sealerSilent, sealerSilence > Self.silenceLimit),
            (.sealingFails, sealingErrorAge.map { $0 <= Self.sealingErrorMemory } ?? false),
            (.rolloverOverdue, rolloverOverdue > Self.overdueLimit),
            (
                .certificateInvalid,
                certificates.contains(.expired) || certificates.contains(.notYetValid)
            ),
            (.certificateExpiring, certificates.contains(.expiring)),
        ]
        return all.filter(\.1).map(\.0)
    }

    private var isWriteErrorRecent: Bool {
        writeErrorAge.map { $0 <= Self.writeErrorMemory } ?? false
    }

    var status: String {
        let reasons = reasons
        if reasons.contains(.draining) || reasons.contains(.stopping) { return "draining" }
        return reasons.isEmpty ? "ok" : "degraded"
    }
}
