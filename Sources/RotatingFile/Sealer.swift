import Glibc
import Linux
import SystemPackage

/// Compresses rotated files and removes the oldest.
///
/// Any number of processes may try; the lock of the plain file decides who does it. What one
/// leaves half done, the next finishes.
public struct Sealer {
    /// What to keep, and how.
    public struct Options: Sendable {
        /// Whether rotated files are compressed at all.
        public var isCompressing = true
        /// zlib's, 1 (fast) to 9 (small).
        public var compressionLevel: Int32 = 6
        /// What is kept of each file.
        public var retention = Retention()

        /// Compresses at level 6 and keeps fourteen.
        public init() {}
    }

    /// What one pass has done.
    public struct Report: Equatable, Sendable {
        /// Files compressed now.
        public var sealedCount = 0
        /// Their bytes before.
        public var sealedByteCount: Int64 = 0
        /// Files that still wait: a writer has them open, or compressing failed.
        public var pendingCount = 0
        /// Slots removed by retention.
        public var removedCount = 0
        /// A sentence for each thing that went wrong and was left as it was.
        public var failures: [String] = []
        /// Whether the disk had no room, so that the next pass had better wait.
        public var isOutOfSpace = false
        /// What became of which file, in the order in which it happened.
        public var events: [SealerEvent] = []

        /// Nothing done.
        public init() {}
    }

    let directory: String
    let options: Options
    let retention: (String) -> Retention
    let shouldStop: () -> Bool

    /// Seals the rotated files of all active files in a directory.
    ///
    /// - Parameters:
    ///   - directory: holds the active files, their state pages and the rotated files.
    ///   - options: what is kept, and how.
    ///   - retention: is given the name of an active file and says what is kept of it, where that
    ///   is not the same for all.
    ///   - shouldStop: asked often while compressing; true ends the pass early, without harm.
    public init(
        directory: String, options: Options = Options(),
        retention: ((_ activeName: String) -> Retention)? = nil,
        shouldStop: @escaping () -> Bool = { false }
    ) {
        self.directory = directory
        self.options = options
        self.retention = retention ?? { _ in options.retention }
        self.shouldStop = shouldStop
    }

    /// Seals what can be sealed and applies retention, once.
    ///
    /// - Parameter now: seconds since 1970.
    public func run(now: Int64) throws(RotatingFileError) -> Report {
        var report = Report()
        let names = try describing("list", directory) { () throws(Errno) in
            try Directory.names(in: directory)
        }
        let bases = Set(names.compactMap(Self.baseName(ofStatePage:)))
        removeOrphans(among: Set(names), of: bases, &report)
        var rotated: [String: [RotatedName]] = [:]
        for name in names {
            if let name = Self.rotatedName(name, of: bases) {
                rotated[name.base, default: []] += [name]
            }
        }
        for base in rotated.keys.sorted() {
            if shouldStop() { break }
            try run(only: base, rotated[base, default: []], now: now, &report)
        }
        return report
    }

    /// Does it for the active file `base` alone.
    func run(only base: String, now: Int64, _ report: inout Report) throws(RotatingFileError) {
        try run(only: base, rotatedFiles(of: base), now: now, &report)
    }

    private func run(
        only base: String, _ names: [RotatedName], now: Int64, _ report: inout Report
    ) throws(RotatingFileError) {
        var names = names
        if options.isCompressing, names.contains(where: { !$0.isCompressed }) {
            seal(names.sorted(), &report)
            names = try rotatedFiles(of: base)
        }
        remove(retention(base).expired(names.compactMap(slotFile), now: now), &report)
    }

    /// Reads a rotated file's name, whichever of `bases` it belongs to.
    static func rotatedName(_ name: String, of bases: Set<String>) -> RotatedName? {
        for dot in name.indices where name[dot] == "." {
            let base = String(name[..<dot])
            if bases.contains(base), let rotated = RotatedName(parsing: name, base: base) {
                return rotated
            }
        }
        return nil
    }

    /// The active file's name, if `name` is that of its state page.
    static func baseName(ofStatePage name: String) -> String? {
        guard name.hasPrefix("."), name.hasSuffix(".state") else { return nil }
        let base = name.dropFirst().dropLast(".state".count)
        return base.isEmpty ? nil : String(base)
    }

    func path(_ name: String) -> String { directory + "/" + name }

    private func rotatedFiles(of base: String) throws(RotatingFileError) -> [RotatedName] {
        try describing("list", directory) { () throws(Errno) in
            try Directory.names(in: directory)
        }.compactMap { RotatedName(parsing: $0, base: base) }
    }

    private func slotFile(_ name: RotatedName) -> Retention.File? {
        guard let status = try? FileStatus(at: path(name.fileName)), status.isRegular else {
            return nil
        }
        return Retention.File(
            name: name, byteCount: status.byteCount, modified: status.modified)
    }

    /// Removes what a process left that died while compressing a file that is sealed by now.
    private func removeOrphans(
        among names: Set<String>, of bases: Set<String>, _ report: inout Report
    ) {
        for name in names where name.hasPrefix(".") && name.hasSuffix(Self.temporarySuffix) {
            let source = String(name.dropFirst().dropLast(Self.temporarySuffix.count))
            // While the plain file stands, whoever has its lock owns the temporary.
            guard Self.rotatedName(source, of: bases) != nil, !names.contains(source) else {
                continue
            }
            attempt("remove", path(name), &report) { () throws(Errno) in
                try Directory.unlink(path(name))
            }
        }
    }

    private func remove(_ names: [RotatedName], _ report: inout Report) {
        var slots: Set<String> = []
        for name in names {
            let target = path(name.fileName)
            let isRemoved = attempt("remove", target, &report) { () throws(Errno) in
                guard !name.isCompressed, try FileStatus(at: target) != nil else {
                    return try Directory.unlink(target)
                }
                // A writer that still has it open may yet append to it.
                let plain = try Descriptor.open(target, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
                guard try plain.tryLockExclusively(),
                    try FileStatus(at: target)?.isSameFile(as: FileStatus(of: plain)) == true
                else { return false }
                return try Directory.unlink(target)
            }
            if isRemoved == true { report.events.append(.removed(name.fileName)) }
            if isRemoved == false, !name.isCompressed {
                report.events.append(.busy(name.plainName))
            }
            if isRemoved == true, slots.insert(name.plainName).inserted { report.removedCount += 1 }
        }
    }

    @discardableResult
    func attempt<R>(
        _ operation: String, _ path: String, _ report: inout Report, _ body: () throws(Errno) -> R
    ) -> R? {
        do {
            return try body()
        } catch {
            report.failures.append("cannot \(operation) \(path): \(error)")
            if error == .noSpace { report.isOutOfSpace = true }
            return nil
        }
    }

    static let temporarySuffix = ".gz.tmp"
}
