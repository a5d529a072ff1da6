// SPDX-License-Identifier: Apache-2.0

import Linux
import SystemPackage

extension Sealer {
    /// Rotated files that wait to be compressed.
    public struct Backlog: Equatable, Sendable {
        /// How many.
        public var fileCount = 0
        /// Their bytes.
        public var byteCount: Int64 = 0
        /// When the oldest of them was last written, in seconds since 1970; nil: there is none.
        public var oldestModified: Int64?

        /// Nothing waits.
        public init() {}
    }

    /// The files that wait now or are being compressed; none where compression is off.
    public func backlog() throws(RotatingFileError) -> Backlog {
        var backlog = Backlog()
        guard options.isCompressing else { return backlog }
        let contents = try (memory ?? DirectoryMemory()).recentContents(of: directory)
        let waiting = contents.paged.lazy.flatMap(contents.plainFiles(of:))
        for name in waiting {
            guard let status = try? FileStatus(at: path(name.plainName)), status.isRegular else {
                continue
            }
            backlog.fileCount += 1
            backlog.byteCount += status.byteCount
            backlog.oldestModified = min(
                backlog.oldestModified ?? status.modified, status.modified)
        }
        return backlog
    }
}
