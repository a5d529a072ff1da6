// SPDX-License-Identifier: Apache-2.0

import Bytes
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
            let local = timestamp(rollover)
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

    /// RFC 3339 in the schedule's zone.
    ///
    /// That format has offsets of whole minutes, so a historical local mean time is printed with
    /// the nearest offset.
    private func timestamp(_ time: Int64) -> String {
        let offset = CivilTime(at: time, in: schedule.zone).reading - time
        let minutes = Int(offset / 60)
        let shown = CivilTime(at: time + Int64(minutes) * 60, in: .utc)
        let date =
            "\(padded(shown.year, to: 4))-\(padded(shown.month, to: 2))-\(padded(shown.day, to: 2))"
        let clock = [shown.hour, shown.minute, shown.second].map { padded($0, to: 2) }
        guard schedule.zone == .local else { return "\(date)T\(clock.joined(separator: ":"))Z" }
        let sign = minutes < 0 ? "-" : "+"
        let zone = [abs(minutes) / 60, abs(minutes) % 60].map { padded($0, to: 2) }
        return "\(date)T\(clock.joined(separator: ":"))\(sign)\(zone.joined(separator: ":"))"
    }
}
