// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Linux
import Logging
import Monitoring
import RotatingFile

/// The sealer's work: once a second, also while it compresses a large file, removals and overdue
/// rollovers; in between, compression.
final class SealerChores {
    private let storage: Storage
    private let counters: Counters
    private let log: Logger
    /// An operation that failed is not tried again each second; all others continue.
    private let pauses = FailurePauses(
        seconds: SealerChores.pauseSeconds, now: { Clock.monotonicSeconds() })
    private let ongoing = OngoingSeal()
    private let memory = DirectoryMemory()
    private var removals = RemovalLog()
    /// The retention that was recorded for each active file, and the ledger that has it.
    private var promises: [String: (promise: RetentionPromise, ledger: UInt64?)] = [:]
    private var lastSecond: Int64 = .min

    private static let pauseSeconds: Int64 = 30

    init(_ storage: Storage, _ counters: Counters, _ log: Logger) {
        self.storage = storage
        self.counters = counters
        self.log = log
    }

    /// A sealer of all streams, each with its own retention.
    func sealer(shouldStop: @escaping () -> Bool = { false }) -> Sealer {
        var sealer = Sealer(
            directory: storage.directory, options: storage.sealerOptions,
            retention: { [storage] in storage.plans.plan(ofFile: $0).promise.retention },
            shouldStop: shouldStop)
        sealer.pauses = pauses
        sealer.ongoing = ongoing
        sealer.memory = memory
        return sealer
    }

    /// Once a second: records a heartbeat, removes expired files, and rotates files that no worker
    /// has open.
    ///
    /// Removal comes first: on a full disk it makes room for the rest.
    func doWhatIsDue() {
        let second = Clock.monotonicSeconds()
        if second == lastSecond { return }
        lastSecond = second
        counters.set(.heartbeat, to: second)
        counters.noteUsage()
        memory.beginPass(now: Clock.epochSeconds())
        let sealer = sealer()
        account(storage.directory) { () throws(RotatingFileError) in
            try sealer.removeExpired(now: Clock.epochSeconds())
        }
        rollOverOverdue()
        notePromises(by: sealer)
        // That the directory cannot be listed is logged already.
        guard let backlog = try? sealer.backlog() else { return }
        counters.set(.sealPending, to: Int64(backlog.fileCount))
        counters.set(.sealPendingBytes, to: backlog.byteCount)
        counters.set(.sealPendingSince, to: backlog.oldestModified ?? 0)
    }

    /// Compresses all rotated files that wait.
    func seal(by sealer: Sealer) {
        account(storage.directory) { () throws(RotatingFileError) in
            try sealer.sealWaiting(now: Clock.epochSeconds())
        }
    }

    private func rollOverOverdue() {
        guard
            let failures = try? RotatingFile.rollOverOverdue(
                in: storage.directory, now: Clock.epochSeconds(), pauses: pauses,
                memory: memory,
                opening: { [storage, log, counters] name throws(RotatingFileError) in
                    try storage.open(name, log, counters)
                })
        else { return }
        for failure in failures { report(failure) }
    }

    /// Whether the ledger still has this inode: it may have been removed, with all its entries.
    private func isThere(_ inode: UInt64?, _ name: String) -> Bool {
        inode != nil && inode == ledgerInode(of: name)
    }

    private func ledgerInode(of name: String) -> UInt64? {
        (try? FileStatus(at: "\(storage.directory)/\(FileNames(of: name).ledger)"))?.inode
    }

    /// `cordwood seal` may not know the configuration, but it finds the ledger.
    private func notePromises(by sealer: Sealer) {
        guard let names = try? Set(sealer.activeNames()) else { return }
        promises = promises.filter { names.contains($0.key) }
        for name in names where !pauses.isPaused(Self.promise(of: name)) {
            let plan = storage.plans.plan(ofFile: name)
            if let noted = promises[name], noted.promise == plan.promise,
                !plan.promise.isOwn || isThere(noted.ledger, name)
            {
                continue
            }
            do throws(RotatingFileError) {
                try sealer.note(
                    plan.promise, of: name, mode: plan.options.mode, now: Clock.epochSeconds())
                promises[name] = (plan.promise, ledgerInode(of: name))
            } catch {
                pauses.begin(Self.promise(of: name))
                log.report(
                    .retentionNotNoted, "the retention of \(name) could not be recorded: \(error)")
            }
        }
    }

    private static func promise(of name: String) -> String { "what is kept of \(name)" }

    private func account(
        _ directory: String, _ pass: () throws(RotatingFileError) -> Sealer.Report
    ) {
        let report: Sealer.Report
        do {
            report = try pass()
        } catch {
            if !pauses.isPaused(directory) { self.report("\(error)") }
            return pauses.begin(directory)
        }
        counters.add(report.sealedCount, to: .sealedFiles)
        counters.add(Int(report.sealedByteCount), to: .sealedBytes)
        for failure in report.failures { self.report(failure) }
        removals.note(report, storage, counters, log)
    }

    private func report(_ failure: String) {
        counters.add(1, to: .sealFailures)
        counters.noteError(failure)
        log.report(
            .sealFailed,
            "\(failure); the file stays as it is and is tried again in \(Self.pauseSeconds) s: fix the cause"
        )
    }
}
