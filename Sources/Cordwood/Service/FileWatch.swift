import Linux
import SystemPackage

/// Notices that files are others than those that were read.
struct FileWatch {
    private let paths: [String]
    /// As they were when they were read, or were last found to be others; nil: not there.
    private var known: [FileStatus?]
    /// As they were at the last look.
    private var seen: [FileStatus?]

    /// To be made before `paths` are read, so that what changes meanwhile is noticed.
    init(_ paths: [String]) {
        self.paths = paths
        known = Self.look(at: paths)
        seen = known
    }

    /// Looks again; true once for each change, when nothing has changed since the look before.
    ///
    /// A certificate and its key are two files, and a copy takes its time: what still changes is
    /// not read.
    mutating func hasChanged() -> Bool {
        // Without files there is nothing to ask the kernel for.
        if paths.isEmpty { return false }
        let found = Self.look(at: paths)
        defer { seen = found }
        guard found != known, found == seen else { return false }
        known = found
        return true
    }

    /// Links are followed: programs that renew certificates change what theirs point at.
    private static func look(at paths: [String]) -> [FileStatus?] {
        paths.map { try? FileStatus(following: $0) }
    }
}
