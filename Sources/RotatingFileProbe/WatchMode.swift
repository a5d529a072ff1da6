// SPDX-License-Identifier: Apache-2.0

import Glibc
import RotatingFile

/// Runs the passes that a service's sealer makes once a second, with its memory.
///
/// `directory`, `passes`, `keep` (slots; 0 is all), `pause` (milliseconds between passes).
enum WatchMode {
    static func run(_ settings: Settings) {
        var options = Sealer.Options()
        options.retention.backupCount = settings.number("keep", default: 0)
        var sealer = Sealer(directory: settings["directory"], options: options)
        let memory = DirectoryMemory()
        sealer.memory = memory
        for _ in 0..<settings.number("passes", default: 1) {
            let now = Int64(time(nil))
            memory.beginPass(now: now)
            do {
                say(try sealer.removeExpired(now: now))
                _ = try RotatingFile.rollOverOverdue(
                    in: settings["directory"], now: now, memory: memory
                ) { name throws(RotatingFileError) in
                    say("# \(name) is due")
                    throw .unterminatedBatch
                }
                let (names, backlog) = (try sealer.activeNames(), try sealer.backlog())
                say(try sealer.sealWaiting(now: now))
                say("+ \(names.count) active files, \(backlog.fileCount) waited")
            } catch {
                say("! \(error)")
            }
            usleep(UInt32(settings.number("pause", default: 0)) * 1000)
        }
    }

    private static func say(_ report: Sealer.Report) {
        for failure in report.failures { RotatingFileProbe.say("! \(failure)") }
        if report.removedCount > 0 { RotatingFileProbe.say("+ removed \(report.removedCount)") }
    }

    private static func say(_ line: String) { RotatingFileProbe.say(line) }
}
