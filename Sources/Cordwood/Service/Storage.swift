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

    /// The directory and the schedules in one line: who differs in a schedule alone cannot write
    /// at the same time.
    var identity: String { "\(fingerprint) \(directory)" }

    /// Creates the directory and makes the configured zone the process's own: children inherit
    /// it.
    ///
    /// - Parameter owner: whose directory it will be, if it is not there yet.
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

    /// Makes the configured zone the process's own again.
    func useZone() {
        // It was there when this was made.
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
                "\(error); records go on into the old file and the next second tries again: mend what stands in the way"
            )
        case .cutBack(let path, let byteCount):
            log.report(
                .tornAppendCut,
                "\(path): cut \(byteCount) bytes of an append that died before it was acknowledged")
        case .cutAfterReboot(let path, let byteCount):
            log.report(
                .tailCutAfterReboot,
                "\(path): the machine has started anew; cut \(byteCount) bytes behind the last whole line; if records of before that are missed, have them acknowledged with ack: fsync"
            )
        case .activeFileReplaced(let path):
            log.report(
                .activeFileReplaced,
                "\(path) was removed or moved by somebody else; a new one stands in its place: let nobody else rotate it"
            )
        case .ledgerSetAside(let path, let other):
            log.report(
                .ledgerSetAside,
                "\(path) could not be used as the ledger of its stream and is \(other) now; files that were closed before count as the oldest, in the order of their times"
            )
        case .foreignChange(let path, let byteCount) where byteCount < 0:
            log.report(
                .activeFileCut,
                "\(path) was cut by somebody else: \(-byteCount) acknowledged bytes are no longer in it; let nobody else cut it (copytruncate of logrotate does)"
            )
        case .foreignChange(let path, let byteCount):
            log.report(
                .activeFileChanged,
                "\(path) was changed by somebody else, by \(byteCount) bytes, or is younger than its state page: let nobody else write to it, or put an older page in its place"
            )
        case .pageDamaged(let path, let why):
            log.report(
                .statePageRebuilt,
                "\(path) was damaged: \(why); it is started again from the log file, of which nothing is lost: let nobody else write to it, and look at the disk's health"
            )
        }
    }
}
