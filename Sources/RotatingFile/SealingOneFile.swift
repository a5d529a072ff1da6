import Glibc
import Linux
import SystemPackage

/// Sealing what one active file has left, and nothing else of its directory.
extension RotatingFile {
    /// Compresses the rotated files of this file and removes the oldest, once.
    ///
    /// It takes as long as compressing takes; ``seal(_:options:now:shouldStop:)`` does the same
    /// in a thread or process where no record waits for it.
    ///
    /// - Parameters:
    ///   - options: what to keep, such as `.init(backupCount: 7)`.
    ///   - now: seconds since 1970; nil asks the clock.
    @discardableResult
    public func seal(
        _ options: Sealer.Options = Sealer.Options(), now: Int64? = nil
    ) throws(RotatingFileError) -> Sealer.Report {
        try Self.seal(path, options: options, now: now)
    }

    /// Compresses the rotated files of the active file at `path`, which need not be open here, and
    /// removes the oldest, once.
    ///
    /// Any number of processes may do it. A file that another process has not let go of yet is
    /// left for the next time: it does so at its next append or tick.
    ///
    /// - Parameters:
    ///   - path: of the active file.
    ///   - options: what to keep, such as `.init(backupCount: 7)`.
    ///   - now: seconds since 1970; nil asks the clock.
    ///   - shouldStop: asked often while compressing; true ends it early, without harm.
    @discardableResult
    public static func seal(
        _ path: String, options: Sealer.Options = Sealer.Options(), now: Int64? = nil,
        shouldStop: @escaping () -> Bool = { false }
    ) throws(RotatingFileError) -> Sealer.Report {
        let (directory, name) = split(path)
        return try Sealer(directory: directory, options: options, shouldStop: shouldStop).run(
            only: name, now: now ?? Clock.epochSeconds())
    }
}

extension Sealer.Options {
    /// Keeps `backupCount` rotated files, compressed or not; 0 keeps all.
    public init(backupCount: Int, isCompressing: Bool = true) {
        self.init()
        self.isCompressing = isCompressing
        retention.backupCount = backupCount
    }
}

extension Sealer {
    /// Does for the active file `base` what `run(now:)` does for all of the directory alike.
    func run(only base: String, now: Int64) throws(RotatingFileError) -> Report {
        var report = Report()
        if options.isCompressing { seal(try rotatedFiles(of: base).map(\.name), &report) }
        let expired = options.retention.expired(try rotatedFiles(of: base), now: now)
        let removed = expired.filter { remove($0, &report) }
        report.removedCount = Set(removed.map(\.plainName)).count
        return report
    }

    private func rotatedFiles(
        of base: String
    ) throws(RotatingFileError) -> [Retention.File] {
        let names = try describing("list", directory) { () throws(Errno) in
            try Directory.names(in: directory)
        }
        return names.compactMap { RotatedName(parsing: $0, base: base) }.sorted()
            .compactMap { name in
                guard let status = try? FileStatus(at: path(name.fileName)), status.isRegular else {
                    return nil
                }
                return Retention.File(
                    name: name, byteCount: status.byteCount, modified: status.modified)
            }
    }

    private func remove(_ name: RotatedName, _ report: inout Report) -> Bool {
        let target = path(name.fileName)
        return attempt("remove", target, &report) { () throws(Errno) in
            if name.isCompressed { return try Directory.unlink(target) }
            // A writer that still has it open may yet append to it.
            let plain = try Descriptor.open(target, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
            guard try plain.tryLockExclusively() else { return false }
            return try Directory.unlink(target)
        } ?? false
    }
}
