// SPDX-License-Identifier: Apache-2.0

import Bytes
import Glibc
import Linux
import SystemPackage

/// The time zones that the system knows, and which one the process uses.
package enum ZoneDatabase {
    /// Where glibc looks for zones: `TZDIR`, or `/usr/share/zoneinfo`.
    package static var directory: String {
        environment("TZDIR") ?? "/usr/share/zoneinfo"
    }

    /// Whether `name`, such as `Europe/Berlin`, is a zone of the database.
    ///
    /// glibc takes any value of `TZ` and silently falls back to UTC, so a name is checked before it
    /// is used.
    package static func contains(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        let isPlain = parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") }
        guard isPlain, !name.utf8.contains(0) else { return false }
        return holdsZone(directory + "/" + name)
    }

    /// Whether `text`, a value of `TZ`, names a zone: one of the database, a file of its kind, rules
    /// as POSIX writes them, or UTC.
    ///
    /// glibc takes any other text for UTC and reports nothing.
    package static func isZone(_ text: String) -> Bool {
        let name = text.hasPrefix(":") ? String(text.dropFirst()) : text
        if name.isEmpty || universalNames.contains(name) { return true }
        if name.hasPrefix("/") { return holdsZone(name) }
        return contains(name) || PosixZone.isValid(name)
    }

    /// Names that mean UTC where there is no database too.
    private static let universalNames: Set = ["UTC", "UCT", "GMT", "Zulu", "Universal", "Etc/UTC"]

    private static func holdsZone(_ file: String) -> Bool {
        let magic = try? read(atMost: 4, of: file)
        return magic == Array("TZif".utf8)
    }

    /// `TZ` as this process was started with.
    private static let inheritedZone = environment("TZ")

    /// Makes `name` the zone of this process: sets `TZ` and calls `tzset(3)`.
    ///
    /// An empty name is the zone that the process was started with.
    ///
    /// To be called before anything else may look at the environment or at local time, that is, in
    /// a process of one thread.
    package static func use(_ name: String) throws(RotationScheduleError) {
        let inherited = inheritedZone
        if name.isEmpty {
            if let inherited, !isZone(inherited) { throw .unknownEnvironmentZone(inherited) }
            if let inherited { setenv("TZ", inherited, 1) } else { unsetenv("TZ") }
        } else {
            guard contains(name) else { throw .unknownTimeZone(name) }
            setenv("TZ", name, 1)
        }
        tzset()
    }

    /// The name of the process's zone, the same in each process that uses the same zone in the same
    /// way.
    ///
    /// It is `TZ`, else the zone that `/etc/localtime` links to, else a checksum of that file, else
    /// `UTC`.
    package static var currentName: String {
        if let zone = environment("TZ") {
            // glibc allows a colon before the name of a file.
            return nameInDatabase(zone.hasPrefix(":") ? String(zone.dropFirst()) : zone) ?? "UTC"
        }
        let file = "/etc/localtime"
        if let target = try? SymbolicLink.target(of: file), let name = nameInDatabase(target) {
            return name
        }
        guard let rules = try? read(atMost: 1 << 16, of: file), !rules.isEmpty else { return "UTC" }
        return "file-" + String(FNV1a.hash(of: rules), radix: 16)
    }

    /// The part of `path` behind `zoneinfo/`, or else `path`; nil if it is empty.
    private static func nameInDatabase(_ path: String) -> String? {
        let parts = path.split(separator: "/")
        guard path.hasPrefix("/") || path.hasPrefix("."),
            let directory = parts.lastIndex(of: "zoneinfo")
        else { return path.isEmpty ? nil : path }
        return parts[(directory + 1)...].joined(separator: "/")
    }

    private static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    private static func read(atMost limit: Int, of path: String) throws(Errno) -> [UInt8] {
        let file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK)
        return try withUnsafeTemporaryAllocation(
            byteCount: limit, alignment: 1
        ) { bytes throws(Errno) in
            Array(bytes[..<(try file.read(into: bytes) ?? 0)])
        }
    }
}
