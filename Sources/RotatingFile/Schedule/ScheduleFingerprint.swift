// SPDX-License-Identifier: Apache-2.0

import Bytes

extension RotationSchedule {
    /// A checksum of the settings and of the zone's name.
    ///
    /// Two processes may rotate the same file only if theirs are equal. For `Zone.local` the name
    /// is that of the process's zone at this moment: `TZ`, or the zone that `/etc/localtime` links
    /// to.
    public var fingerprint: UInt64 { FNV1a.hash(of: identity.utf8) }

    /// Everything that the instants and names of a schedule depend on, as one line.
    var identity: String {
        let zoneName = zone == .utc ? "" : ZoneDatabase.currentName
        let time = atTime.map(\.description) ?? ""
        let alignment = aligned ? "aligned" : "drifting"
        return "\(when);\(interval);\(time);\(alignment);\(zone.rawValue);\(zoneName)"
    }
}
