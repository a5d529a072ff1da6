import Glibc
import RotatingFile

/// How a stream's files are made, rotated and kept.
struct FilePlan {
    let schedule: RotationSchedule
    let options: RotatingFile.Options
    let retention: Retention
    /// The schedule's, in the zone of the process.
    let fingerprint: UInt64

    init(
        _ settings: Configuration.StreamSettings, _ files: Configuration.Files
    ) throws(RotationScheduleError) {
        schedule = try settings.rotation.schedule()
        fingerprint = schedule.fingerprint
        var options = RotatingFile.Options()
        options.mode = mode_t(files.mode)
        options.maximumByteCount = settings.rotation.maxByteCount
        options.isDurable = settings.ack == .fsync
        self.options = options
        retention = settings.rotation.retention
    }
}
