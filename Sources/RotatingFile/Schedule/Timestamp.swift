// SPDX-License-Identifier: Apache-2.0

import Bytes

extension RotationSchedule {
    /// A time in seconds since 1970 as RFC 3339, in the schedule's zone.
    ///
    /// That format has offsets of whole minutes, so a historical local mean time is printed with
    /// the nearest offset.
    package func timestamp(_ time: Int64) -> String {
        let offset = CivilTime(at: time, in: zone).reading - time
        let minutes = Int(offset / 60)
        let shown = CivilTime(at: time + Int64(minutes) * 60, in: .utc)
        let date =
            "\(padded(shown.year, to: 4))-\(padded(shown.month, to: 2))-\(padded(shown.day, to: 2))"
        let clock = [shown.hour, shown.minute, shown.second].map { padded($0, to: 2) }
        guard zone == .local else { return "\(date)T\(clock.joined(separator: ":"))Z" }
        let sign = minutes < 0 ? "-" : "+"
        let offsetText = [abs(minutes) / 60, abs(minutes) % 60].map { padded($0, to: 2) }
        return "\(date)T\(clock.joined(separator: ":"))\(sign)\(offsetText.joined(separator: ":"))"
    }
}
