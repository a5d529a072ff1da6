// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Glibc
import Linux
import Logging
import Monitoring
import Prefork

/// The sealer, in its own process: it compresses and removes files when the machine is idle.
struct SealerProcess {
    private let storage: Storage
    private let counters: Counters
    private let log: Logger

    init(_ generation: Generation, _ counters: Counters) {
        storage = generation.storage
        self.counters = counters
        log = DiagnosticLog.logger("sealer", generation.settings)
    }

    /// Seals until the master stops it or has ended; returns the exit code.
    func run(_ child: Child) -> Int32 {
        lowerPriority()
        do {
            let signals = try SignalQueue([SIGTERM, SIGINT, SIGQUIT])
            let stopping = try Stopping(signals, child.lifeLine)
            counters.set(.state, to: ProcessState.running.rawValue)
            let chores = SealerChores(storage, counters, log)
            let sealer = chores.sealer {
                // Due rollovers and removals must not wait until a large file is compressed.
                chores.doWhatIsDue()
                return stopping.isAsked(within: 0)
            }
            child.reports.send(.ready)
            var wait: Int32 = 0
            while !stopping.isAsked(within: wait) {
                chores.doWhatIsDue()
                chores.seal(by: sealer)
                wait = 1000
            }
            counters.set(.state, to: ProcessState.absent.rawValue)
            return 0
        } catch {
            log.report(
                .loopFailed,
                "cannot wait for signals: \(error); the sealer is replaced: look at the limits of open files and memory"
            )
            return 1
        }
    }
}
