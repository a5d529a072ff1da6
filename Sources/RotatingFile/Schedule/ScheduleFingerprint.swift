/// The 64-bit hash FNV-1a (Fowler, Noll, Vo), which is the same in every process and on every
/// machine.
enum FNV1a {
    static func hash(of bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}

extension RotationSchedule {
    /// A checksum of the settings and of the zone's name.
    ///
    /// Two processes may rotate the same file only if theirs are equal. For `Zone.local` the name
    /// is that of the process's zone at this moment: `TZ`, or the zone that `/etc/localtime` links
    /// to.
    public var fingerprint: UInt64 { FNV1a.hash(of: identity.utf8) }

    /// All that the instants and names of a schedule depend on, as one line.
    var identity: String {
        let zoneName = zone == .utc ? "" : ZoneDatabase.currentName
        let time = atTime.map(\.description) ?? ""
        let alignment = aligned ? "aligned" : "drifting"
        return "\(when);\(interval);\(time);\(alignment);\(zone.rawValue);\(zoneName)"
    }
}
