import CordwoodConfiguration
import Glibc
import RotatingFile

/// How a stream's files are made, rotated and kept.
struct FilePlan {
    let schedule: RotationSchedule
    let options: RotatingFile.Options
    let promise: RetentionPromise
    /// The schedule's, in the zone of the process.
    let fingerprint: UInt64

    init(
        _ settings: Configuration.StreamSettings, _ files: Configuration.Files,
        hasOwnRetention: Bool = false
    ) throws(RotationScheduleError) {
        schedule = try settings.rotation.schedule()
        fingerprint = schedule.fingerprint
        var options = RotatingFile.Options()
        options.mode = mode_t(files.mode)
        options.maximumByteCount = settings.rotation.maxByteCount
        options.isDurable = settings.ack == .fsync
        promise = RetentionPromise(settings.rotation.retention, isOwn: hasOwnRetention)
        options.promise = promise
        self.options = options
    }
}
