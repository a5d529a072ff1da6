import Glibc
import Linux
import Logging
import RotatingFile
import SystemPackage

/// The directory of the logs and how files in it are made, rotated and kept.
struct Storage {
    let directory: String
    let schedule: RotationSchedule
    let fileOptions: RotatingFile.Options
    let sealerOptions: Sealer.Options

    /// The schedule's, in the configured zone.
    let fingerprint: UInt64
    private let zone: String

    /// The directory and the schedule in one line: who differs in the schedule alone cannot write
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
            zone = settings.rotation.timezone
            try ZoneDatabase.use(zone)
            schedule = try settings.rotationSchedule()
            fingerprint = schedule.fingerprint
        } catch {
            throw .schedule("\(error)")
        }
        var file = RotatingFile.Options()
        file.mode = mode_t(settings.files.mode)
        file.maximumByteCount = settings.rotation.maxByteCount
        file.isDurable = settings.ack == .fsync
        fileOptions = file
        sealerOptions = settings.sealerOptions
    }

    /// Makes the configured zone the process's own again.
    func useZone() {
        // It was there when this was made.
        try? ZoneDatabase.use(zone)
    }

    /// Opens the file of the stream `name`.
    func open(
        _ name: String, _ log: Logger, _ counters: Counters? = nil
    ) throws(RotatingFileError) -> RotatingFile {
        let path = "\(directory)/\(name).log"
        return try RotatingFile(
            path: path, schedule: schedule, options: fileOptions, now: Clock.epochSeconds()
        ) { event in
            Self.note(event, log, counters)
        }
    }

    static func note(_ event: RotatingFileEvent, _ log: Logger, _ counters: Counters?) {
        switch event {
        case .rolledOver(let path):
            counters?.add(1, to: .rollovers)
            log.debug("rolled over to \(path)")
        case .rolloverFailed(let error):
            counters?.add(1, to: .rolloverFailures)
            log.error(
                "\(error); records go on into the old file and the next second tries again: mend what stands in the way"
            )
        case .cutBack(let path, let byteCount):
            log.notice(
                "\(path): cut \(byteCount) bytes of an append that died before it was acknowledged")
        case .cutAfterReboot(let path, let byteCount):
            log.warning(
                "\(path): the machine has started anew; cut \(byteCount) bytes behind the last whole line; if records of before that are missed, have them acknowledged with ack: fsync"
            )
        case .activeFileReplaced(let path):
            log.warning(
                "\(path) was removed or moved by somebody else; a new one stands in its place: let nobody else rotate it"
            )
        case .foreignChange(let path, let byteCount):
            log.warning(
                "\(path) was changed by somebody else, by \(byteCount) bytes: let nobody else write to it"
            )
        }
    }
}
