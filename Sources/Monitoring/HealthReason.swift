/// Why the service is not all right, as `/health` lists it.
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

    /// What it means, and what to do.
    var message: String {
        switch self {
        case .draining: "The service ends: requests in flight are answered, others go elsewhere."
        case .stopping: "The service will stop soon and still takes what comes."
        case .diskLow:
            "There is less room than disk.min_free and ingest is answered 503: free some."
        case .writesFail: "No record can be written: see last_write_error."
        case .writeError: "A file could not be written lately: see last_write_error."
        case .reloadFailed:
            "The last reload has failed and the configuration before it serves: fix what is wrong and send HUP again."
        case .workersMissing: "Fewer workers run than there should be: see the diagnostic log."
        case .workerSilent: "A worker has shown no sign of life for a while: see workers."
        case .sealerSilent:
            "No sealer has shown a sign of life for a while: nothing is compressed or removed."
        case .sealingFails: "Rotated files cannot be compressed or removed: see sealing.last_error."
        case .rolloverOverdue:
            "A rollover is overdue and records go on into the old file: see the diagnostic log."
        case .certificateInvalid:
            "A certificate has expired or is not valid yet, and clients refuse it: see certificates, and renew it."
        case .certificateExpiring: "A certificate expires soon: see certificates, and renew it."
        }
    }
}

/// What the reasons follow from; times and ages are seconds.
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

    /// Seconds for which an error of a write is reported.
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
