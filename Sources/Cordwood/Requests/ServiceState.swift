// SPDX-License-Identifier: Apache-2.0

import Bytes
import CordwoodConfiguration
import Diagnostics
import Linux
import Logging
import Monitoring
import OpenSSL

/// The state of the service as a worker sees it, for the answers about the service itself.
final class ServiceState {
    let directory: String
    let counters: Counters
    /// Those of the service.
    let certificates: [CertificateFacts]
    let log: Logger
    /// Whether this worker accepts nothing new.
    var isDraining = false
    /// Whether the free space is less than `disk.min_free`.
    ///
    /// It is checked once a second; a client that fills the disk faster meets ENOSPC, which loses
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

    /// The free space for logs; nil if the system does not report it.
    var disk: DiskRoom? {
        (try? FileSystem(at: directory)).map { DiskRoom($0, minFree: settings.disk.minFree) }
    }

    /// Whether clients should send here.
    ///
    /// It is decided when a client asks, because the state of a second ago could send a request to
    /// the wrong place.
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
                "\(directory) has \(disk.freeBytes) bytes free, less than disk.min_free, \(disk.minFreeBytes): requests are answered 503 until there is room; free some space or lower the setting"
            )
        } else if !disk.isLow, isDiskLow {
            log.report(.diskRecovered, "\(directory) has room again: requests are accepted")
        }
        isDiskLow = disk.isLow
    }
}
