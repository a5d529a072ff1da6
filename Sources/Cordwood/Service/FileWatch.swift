// SPDX-License-Identifier: Apache-2.0

import Linux
import SystemPackage

/// Notices that files have changed since they were read.
struct FileWatch {
    private let paths: [String]
    /// Their status when they were read, or when a change was last reported; nil if absent.
    private var known: [FileStatus?]
    /// Their status at the last look.
    private var seen: [FileStatus?]

    /// Create it before the files are read, so that a change in between is noticed.
    init(_ paths: [String]) {
        self.paths = paths
        known = Self.look(at: paths)
        seen = known
    }

    /// Looks again; true once for each change, as soon as nothing has changed since the last look.
    ///
    /// A certificate and its key are two files, and copying takes time, so files that still change
    /// are not reported.
    mutating func hasChanged() -> Bool {
        if paths.isEmpty { return false }
        let found = Self.look(at: paths)
        defer { seen = found }
        guard found != known, found == seen else { return false }
        known = found
        return true
    }

    /// Follows links, because programs that renew certificates change the links' targets.
    private static func look(at paths: [String]) -> [FileStatus?] {
        paths.map { try? FileStatus(following: $0) }
    }
}
