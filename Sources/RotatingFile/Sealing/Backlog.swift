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

    /// What waits now, whether or not somebody is at it; nothing where nothing is compressed.
    public func backlog() throws(RotatingFileError) -> Backlog {
        var backlog = Backlog()
        guard options.isCompressing else { return backlog }
        let names = try describing("list", directory) { () throws(Errno) in
            try Directory.names(in: directory)
        }
        let bases = Set(names.compactMap(Self.baseName(ofStatePage:)))
        for name in names {
            guard let rotated = Self.rotatedName(name, of: bases), !rotated.isCompressed,
                let status = try? FileStatus(at: path(name)), status.isRegular
            else { continue }
            backlog.fileCount += 1
            backlog.byteCount += status.byteCount
            backlog.oldestModified = min(
                backlog.oldestModified ?? status.modified, status.modified)
        }
        return backlog
    }
}
