// SPDX-License-Identifier: Apache-2.0

import RotatingFile

/// The lines that `cordwood schedule` prints.
struct ScheduleListing {
    let schedule: RotationSchedule
    /// The name of the active file in the lines for people.
    let base: String

    /// Prints the first `count` rollovers after `start`, each done at its time.
    func print(from start: Int64, count: Int, asJSON: Bool) {
        var previous = start
        // How many files have a name so far: an hour that is repeated has its name twice.
        var uses: [String: Int] = [:]
        for _ in 0..<count {
            let rollover = schedule.rollover(after: previous)
            let named = schedule.intervalStart(endingAt: rollover, now: rollover)
            let suffix = schedule.suffix(forIntervalStartingAt: named)
            let local = schedule.timestamp(rollover)
            if asJSON {
                Swift.print(
                    #"{"rollover": \#(rollover), "local": "\#(local)", "rotated": "\#(suffix)"}"#)
            } else {
                let collision = uses[suffix, default: 0]
                uses[suffix] = collision + 1
                let name = RotatedName(
                    base: base, schedule: schedule, intervalStart: named, collision: collision)
                Swift.print("\(local)  closes  \(name.plainName)")
            }
            previous = rollover
        }
    }
}
