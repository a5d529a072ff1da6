// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// Compresses rotated files and removes the oldest.
///
/// Any number of processes may try: the lock of the plain file admits one of them, and the next one
/// finishes work that was left half done.
public struct Sealer {
    /// How files are compressed, and which are kept.
    public struct Options: Sendable, Equatable {
        /// Whether rotated files are compressed at all.
        public var isCompressing = true
        /// zlib's, 1 (fast) to 9 (small).
        public var compressionLevel: Int32 = 6
        /// How many rotated files of each active file are kept.
        public var retention = Retention()

        /// Compresses at level 6 and keeps fourteen.
        public init() {}
    }

    let directory: LogDirectory
    let options: Options
    let retention: (String) -> Retention
    private let isAskedToStop: () -> Bool
    /// The file that is compressed now by any of the sealers that share this.
    package var ongoing = OngoingSeal()
    /// Which files failed lately; nil: each pass tries all.
    package var pauses: FailurePauses?
    /// The memory of the passes before this one; nil: a pass looks at everything.
    package var memory: DirectoryMemory?
    /// Which active files a pass is about.
    package var includes: (_ activeName: String) -> Bool = { _ in true }
    /// Whether a retention that the ledger promises to a stream by itself counts before the limits.
    package var isSparingPromises = false
    /// How long to wait for a lock that any reader may hold, see `PlainFileLock`.
    var graceSeconds: Int64 = 10

    /// Seals the rotated files of all active files in a directory.
    ///
    /// - Parameters:
    ///   - directory: holds the active files, their state pages and the rotated files.
    ///   - options: how files are compressed, and which are kept.
    ///   - retention: gets the name of an active file and returns its retention, where that is not
    ///     the same for all.
    ///   - shouldStop: asked often while compressing; true ends the pass early, without harm.
    public init(
        directory: String, options: Options = Options(),
        retention: ((_ activeName: String) -> Retention)? = nil,
        shouldStop: @escaping () -> Bool = { false }
    ) {
        self.directory = LogDirectory(directory)
        self.options = options
        self.retention = retention ?? { _ in options.retention }
        isAskedToStop = shouldStop
    }

    /// Whether the pass is to end.
    func shouldStop() -> Bool { isAskedToStop() || ongoing.isExpired }

    /// Seals what can be sealed and applies retention, once.
    ///
    /// - Parameter now: seconds since 1970.
    public func run(now: Int64) throws(RotatingFileError) -> Report {
        var report = Report()
        ongoing.reset()
        for (base, names) in try rotatedFiles(&report) {
            if shouldStop() { break }
            run(only: base, names, now: now, &report)
        }
        return report
    }

    /// Does it for the active file `base` alone.
    func run(only base: String, now: Int64, _ report: inout Report) throws(RotatingFileError) {
        run(only: base, try rotatedFiles(of: base), now: now, &report)
    }

    private func run(
        only base: String, _ names: [RotatedName], now: Int64, _ report: inout Report
    ) {
        var (names, sealing, removing) = (names, Report(), Report())
        if hasToCompress(names) {
            seal(names.sorted(), &sealing)
            names = Self.names(afterSealing: names)
        }
        removeExpired(of: base, names, now: now, &removing)
        if sealing.isOutOfSpace, removing.removedCount > 0 {
            // There may be room now: failed files are tried, and their failures reported, again.
            sealing.forgetFailures()
            seal(names.sorted(), &sealing)
        }
        report.add(sealing)
        report.add(removing)
    }

    func hasToCompress(_ names: [RotatedName]) -> Bool {
        options.isCompressing && names.contains { !$0.isCompressed }
    }

    /// The rotated files of each active file, in the order of the latter's names.
    ///
    /// Removes temporary files of sealers that died.
    func rotatedFiles(
        _ report: inout Report, isPreview: Bool = false
    ) throws(RotatingFileError) -> [(base: String, names: [RotatedName])] {
        let contents = try contents()
        if !isPreview { removeOrphans(among: contents, &report) }
        return contents.rotated.filter { isOurs($0.key, contents) }.sorted { $0.key < $1.key }
            .map { ($0.key, $0.value) }
    }

    /// The names in the directory.
    func contents() throws(RotatingFileError) -> LogDirectory.Contents {
        guard let memory else { return try directory.contents() }
        return try memory.contents(of: directory)
    }

    /// The names that `names` may have become by sealing: it gives a plain file the compressed name.
    ///
    /// Listing the directory again for each active file would cost as much as all of them squared.
    static func names(afterSealing names: [RotatedName]) -> [RotatedName] {
        var all = Set(names)
        for var name in names {
            name.isCompressed = true
            all.insert(name)
        }
        return Array(all)
    }

    /// Whether a pass is about the active file `base`, which is known by its state page: a file that
    /// only has such a name is somebody else's.
    func isOurs(_ base: String, _ contents: LogDirectory.Contents) -> Bool {
        contents.paged.contains(base) && includes(base)
    }

    func path(_ name: String) -> String { directory.path(of: name) }

    /// Of the active file from which `name` was rotated.
    func statePagePath(of name: RotatedName) -> String {
        path(FileNames(of: name.base).statePage)
    }

    func rotatedFiles(of base: String) throws(RotatingFileError) -> [RotatedName] {
        try directory.rotatedFiles(of: base)
    }

    /// Removes the temporary files of sealers that died and whose file is sealed by now.
    private func removeOrphans(among contents: LogDirectory.Contents, _ report: inout Report) {
        for (name, source) in contents.temporaries where isOurs(source.base, contents) {
            // While the plain file stands, the holder of its lock owns the temporary.
            if contents.rotated[source.base]?.contains(source) == true { continue }
            attempt("remove", path(name), &report) { () throws(Errno) in
                try Directory.unlink(path(name))
            }
        }
    }

    /// Removes a file of a rotated name; false when another process has it open or has removed
    /// it, nil when it failed.
    func remove(_ name: RotatedName, _ report: inout Report) -> Bool? {
        let target = path(name.fileName)
        return attempt("remove", target, &report) { () throws(Errno) in
            guard !name.isCompressed, try FileStatus(at: target) != nil else {
                return try Directory.unlink(target)
            }
            // A writer that still has it open may yet append to it.
            let plain = try Descriptor.open(target, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
            let status = try FileStatus(of: plain)
            guard
                let lock = try PlainFileLock.take(
                    of: plain, status, pagePath: statePagePath(of: name), graceSeconds)
            else { return false }
            defer { lock.unlock() }
            guard try FileStatus(at: target)?.isSameFile(as: status) == true else { return false }
            return try Directory.unlink(target)
        }
    }

    @discardableResult
    func attempt<R>(
        _ operation: String, _ path: String, _ report: inout Report, _ body: () throws(Errno) -> R
    ) -> R? {
        do {
            return try body()
        } catch {
            complain(path, "cannot \(operation) \(path): \(error)", &report)
            if error == .noSpace { report.isOutOfSpace = true }
            return nil
        }
    }

    /// Reports a failure with the file at `path`, and leaves the file alone for a while.
    func complain(_ path: String, _ sentence: String, _ report: inout Report) {
        if let pauses {
            if pauses.isPaused(path) { return }
            pauses.begin(path)
        }
        report.failures.append(sentence)
    }
}
