import Bytes
import CordwoodConfiguration
import Diagnostics
import Linux
import Logging
import Monitoring
import OpenSSL

/// How the service is, as a worker sees it: what its answers about itself are made from.
final class ServiceState {
    let directory: String
    let counters: Counters
    /// Those that clients are shown.
    let certificates: [CertificateFacts]
    let log: Logger
    /// Whether this worker wants nothing new.
    var isDraining = false
    /// Whether there is less room than `disk.min_free`.
    ///
    /// It is looked at once a second: a client that fills the disk faster meets ENOSPC, which costs
    /// no record either.
    private(set) var isDiskLow = false
    private let settings: Configuration

    init(
        _ settings: Configuration, _ counters: Counters, _ certificates: [CertificateFacts],
        _ log: Logger
    ) {
        self.settings = settings
        self.counters = counters
        self.certificates = certificates
        self.log = log
        directory = settings.directory
        checkDisk()
    }

    /// The room for logs; nil when the system does not say.
    var disk: DiskRoom? {
        (try? FileSystem(at: directory)).map { DiskRoom($0, minFree: settings.disk.minFree) }
    }

    /// Whether clients should send here.
    ///
    /// It is judged when it is asked for: what was so a second ago may have sent a request astray.
    var readiness: Readiness {
        let board = counters.scoreboard
        return Readiness(
            isDraining: isDraining, isStopAnnounced: counters.isStopAnnounced,
            runningWorkerCount: board.runningWorkerCount, isDiskLow: isDiskLow,
            writes: board.writeTimes, now: Clock.monotonicNanoseconds())
    }

    func checkDisk() {
        guard let disk else { return }
        if disk.isLow, !isDiskLow {
            log.report(
                .diskLow,
                "\(directory) has \(disk.freeBytes) bytes free, less than disk.min_free, \(disk.minFreeBytes): requests are answered 503 until there is room; free some or lower the setting"
            )
        } else if !disk.isLow, isDiskLow {
            log.report(.diskRecovered, "\(directory) has room again: requests are taken")
        }
        isDiskLow = disk.isLow
    }
}
