// SPDX-License-Identifier: Apache-2.0

import Bytes
import CordwoodConfiguration
import Diagnostics
import Glibc
import Linux
import Logging
import Monitoring
import RotatingFile
import Streams
import SystemPackage

/// The directory of the logs and how files in it are made, rotated and kept.
struct Storage {
    let directory: String
    let sealerOptions: Sealer.Options

    /// The schedules', in the configured zone.
    let fingerprint: UInt64
    private let zone: String
    /// The zone whose clock the schedules follow.
    let zoneName: String
    let plans: PlanTable<FilePlan>

    /// Identifies the directory and the schedules in one line: programs that differ only in a
    /// schedule cannot write at the same time.
    var identity: String { "\(fingerprint) \(directory)" }

    /// Creates the directory and makes the configured zone the process's own: children inherit
    /// it.
    ///
    /// - Parameter owner: the owner of the directory if it is created.
    init(_ settings: Configuration, owner: Credentials?) throws(StartError) {
        directory = settings.directory
        do {
            try Directory.create(
                directory, mode: mode_t(settings.files.directoryMode), owner: owner)
        } catch {
            throw .directory(directory, error)
        }
        do {
            zone = settings.timezone
            try ZoneDatabase.use(zone)
            zoneName = settings.plans.common.rotation.isUTC ? "UTC" : ZoneDatabase.currentName
            let mode = mode_t(settings.files.mode)
            plans = try settings.plans.map { plan throws(RotationScheduleError) in
                try FilePlan(plan, mode: mode)
            }
        } catch {
            throw .schedule("\(error)")
        }
        fingerprint = plans.fingerprint
        sealerOptions = settings.sealing
    }

    /// Where files go and when they are rotated next, in a sentence.
    ///
    /// - Parameter stream: the default stream.
    func summary(of stream: String) -> String {
        let file = StreamFile(stream).name
        let schedule = plans.plan(ofFile: file).schedule
        let next = schedule.timestamp(schedule.rollover(after: Clock.epochSeconds()))
        return
            "files in \(directory) are rotated by the clock of the time zone \(zoneName), \(file) next at \(next)"
    }

    /// Makes the configured zone the process's own again.
    func useZone() {
        // It existed when this was initialized.
        try? ZoneDatabase.use(zone)
    }

    /// Opens the active file `name`.
    func open(
        _ name: String, _ log: Logger, _ counters: Counters? = nil
    ) throws(RotatingFileError) -> RotatingFile {
        let plan = plans.plan(ofFile: name)
        return try RotatingFile(
            path: "\(directory)/\(name)", schedule: plan.schedule, options: plan.options,
            now: Clock.epochSeconds()
        ) { event in
            Self.note(event, log, counters)
        }
    }

    static func note(_ event: RotatingFileEvent, _ log: Logger, _ counters: Counters?) {
        switch event {
        case .rolledOver(let path):
            counters?.add(1, to: .rollovers)
            log.report(.rolledOver, "rolled over to \(path)")
        case .rolloverFailed(let error):
            counters?.add(1, to: .rolloverFailures)
            log.report(
                .rolloverFailed,
                "\(error); records still go to the old file and the rollover is tried again each second: fix the cause"
            )
        case .cutBack(let path, let byteCount):
            log.report(
                .tornAppendCut,
                "\(path): cut \(byteCount) bytes of an append that died before it was acknowledged")
        case .cutAfterReboot(let path, let byteCount):
            log.report(
                .tailCutAfterReboot,
                "\(path): the machine was restarted; cut \(byteCount) bytes after the last whole line; if records are missing, use ack: fsync"
            )
        case .activeFileReplaced(let path):
            log.report(
                .activeFileReplaced,
                "\(path) was removed or moved by another program and a new file was created: let no other program rotate it"
            )
        case .ledgerSetAside(let path, let other):
            log.report(
                .ledgerSetAside,
                "\(path) could not be used as the ledger of its stream and was renamed to \(other); files that were closed before count as the oldest, in the order of their times"
            )
        case .foreignChange(let path, let byteCount) where byteCount < 0:
            log.report(
                .activeFileCut,
                "\(path) was cut by another program: \(-byteCount) acknowledged bytes are no longer in it; let no other program cut it (copytruncate of logrotate does)"
            )
        case .foreignChange(let path, let byteCount):
            log.report(
                .activeFileChanged,
                "\(path) was changed by another program, by \(byteCount) bytes, or is newer than its state page: let no other program write to it or restore an older page"
            )
        case .pageDamaged(let path, let why):
            log.report(
                .statePageRebuilt,
                "\(path) was damaged: \(why); it is rebuilt from the log file, which lost nothing: let no other program write to it, and check the disk's health"
            )
        }
    }
}
