// SPDX-License-Identifier: Apache-2.0

import Glibc
import RotatingFile

/// Seals and keeps the retention of a directory.
///
/// `directory`, `passes`, `keep` (slots; 0 is all), `pause` (milliseconds between passes).
enum SealMode {
    static func run(_ settings: Settings) {
        var options = Sealer.Options()
        options.retention.backupCount = settings.number("keep", default: 0)
        let sealer = Sealer(directory: settings["directory"], options: options)
        for _ in 0..<settings.number("passes", default: 1) {
            do {
                let report = try sealer.run(now: 0)
                for failure in report.failures { say("! \(failure)") }
                if report.isOutOfSpace { say("! out of space") }
                say("+ sealed \(report.sealedCount) pending \(report.pendingCount)")
            } catch {
                say("! \(error)")
            }
            usleep(UInt32(settings.number("pause", default: 0)) * 1000)
        }
    }
}
