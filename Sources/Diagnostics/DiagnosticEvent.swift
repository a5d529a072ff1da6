// SPDX-License-Identifier: Apache-2.0

package import Logging

/// The events of the diagnostic log: the one table of them.
///
/// Each line has one, as its field `event`. Names are stable, so that alerts, scripts and tests wait
/// for them; sentences may change. docs/OPERATIONS.md says what to do about each.
package enum DiagnosticEvent: String, CaseIterable, Sendable {
    // Start and stop.
    case startFailed = "start_failed"
    case timeZone = "time_zone"
    case listening
    case ready
    case signalReceived = "signal_received"
    case pidFileFailed = "pid_file_failed"
    case stopped

    // Warnings about a configuration that is accepted.
    case tokensWritable = "tokens_writable"
    case tokensEmpty = "tokens_empty"
    case certificateInvalid = "certificate_invalid"
    case directoryExposed = "directory_exposed"
    case descriptorsLimited = "descriptors_limited"

    // Reload and upgrade.
    case reloadMistake = "reload_mistake"
    case reloadFailed = "reload_failed"
    case reloaded
    case secretsChanged = "secrets_changed"
    case reloadStillFailed = "reload_still_failed"
    case upgrading
    case upgradeRefused = "upgrade_refused"
    case upgradeFailed = "upgrade_failed"

    // Processes.
    case processStarted = "process_started"
    case processEnded = "process_ended"
    case processDied = "process_died"
    case processHung = "process_hung"
    case processRecycled = "process_recycled"
    case drainTimedOut = "drain_timed_out"
    case forkFailed = "fork_failed"
    case loopFailed = "loop_failed"
    case lockHeld = "lock_held"

    // The files of streams.
    case writeFailed = "write_failed"
    case rolledOver = "rolled_over"
    case rolloverFailed = "rollover_failed"
    case tornAppendCut = "torn_append_cut"
    case tailCutAfterReboot = "tail_cut_after_reboot"
    case activeFileReplaced = "active_file_replaced"
    case activeFileCut = "active_file_cut"
    case activeFileChanged = "active_file_changed"
    case statePageRebuilt = "state_page_rebuilt"
    case ledgerSetAside = "ledger_set_aside"
    case streamReleased = "stream_released"
    case filesReopened = "files_reopened"
    case directoryUnreadable = "directory_unreadable"
    case diskLow = "disk_low"
    case diskRecovered = "disk_recovered"

    // Sealing and retention.
    case fileRemoved = "file_removed"
    case fileBusy = "file_busy"
    case sealFailed = "seal_failed"
    case retentionNotNoted = "retention_not_noted"

    // Requests and connections.
    case requestRejected = "request_rejected"
    case accessDenied = "access_denied"
    case requestFailed = "request_failed"
    case connectionRefused = "connection_refused"
    case handshakeFailed = "handshake_failed"

    /// The level of every line about this event.
    package var level: Logger.Level {
        switch self {
        case .startFailed, .loopFailed: .critical
        case .reloadMistake, .reloadFailed, .upgradeRefused, .upgradeFailed, .processDied,
            .processHung, .forkFailed, .lockHeld, .writeFailed, .rolloverFailed,
            .directoryUnreadable, .diskLow, .sealFailed, .pidFileFailed:
            .error
        case .tokensWritable, .tokensEmpty, .certificateInvalid, .directoryExposed,
            .descriptorsLimited, .reloadStillFailed, .drainTimedOut, .tailCutAfterReboot,
            .activeFileReplaced, .activeFileCut, .activeFileChanged, .statePageRebuilt,
            .ledgerSetAside, .streamReleased, .fileBusy:
            .warning
        case .secretsChanged, .tornAppendCut, .diskRecovered, .requestRejected, .accessDenied:
            .notice
        case .timeZone, .listening, .ready, .signalReceived, .stopped, .reloaded, .upgrading,
            .processRecycled, .filesReopened, .fileRemoved:
            .info
        case .processStarted, .processEnded, .rolledOver, .retentionNotNoted, .requestFailed,
            .connectionRefused, .handshakeFailed:
            .debug
        }
    }

    /// The key of the field in a line's metadata.
    package static let field = "event"
}

extension Logger {
    /// Writes a line about `event`, at its level.
    ///
    /// Neither `message` nor `metadata` is evaluated below the log's level.
    package func report(
        _ event: DiagnosticEvent, _ message: @autoclosure () -> Logger.Message,
        metadata: @autoclosure () -> Logger.Metadata = [:]
    ) {
        log(
            level: event.level, message(),
            metadata: metadata().merging([DiagnosticEvent.field: "\(event.rawValue)"]) { $1 })
    }
}
