import Glibc
import Linux
import SystemPackage

/// Rotating what nobody has open: a stream whose last writer is gone, until its next record comes.
extension RotatingFile {
    /// Rolls over the files in `directory` whose time was `graceSeconds` ago, on behalf of their
    /// writers, of whom there may be none.
    ///
    /// - Returns: a sentence for each that could not be.
    public static func rollOverOverdue(
        in directory: String, schedule: RotationSchedule, options: Options, now: Int64,
        graceSeconds: Int64 = 2, onEvent: @escaping (RotatingFileEvent) -> Void
    ) throws(RotatingFileError) -> [String] {
        try rollOverOverdue(
            in: directory, now: now, graceSeconds: graceSeconds
        ) { name throws(RotatingFileError) in
            try RotatingFile(
                path: LogDirectory(directory).path(of: name), schedule: schedule, options: options,
                now: now, onEvent: onEvent)
        }
    }

    /// Rolls over the files in `directory` whose time was `graceSeconds` ago, each as `open` opens
    /// it, which is given the name of the active file.
    ///
    /// - Parameters:
    ///   - pauses: files that failed lately, and are left alone.
    ///   - memory: what the passes before this one have seen.
    /// - Returns: a sentence for each that could not be.
    package static func rollOverOverdue(
        in directory: String, now: Int64, graceSeconds: Int64 = 2, pauses: FailurePauses? = nil,
        memory: DirectoryMemory = DirectoryMemory(),
        opening open: (_ activeName: String) throws(RotatingFileError) -> RotatingFile
    ) throws(RotatingFileError) -> [String] {
        let directory = LogDirectory(directory)
        var failures: [String] = []
        for base in try memory.recentContents(of: directory).paged {
            let page = FileNames(of: base).statePage
            guard pauses?.isPaused(page) != true,
                let rolloverAt = memory.rolloverAt(
                    of: base, in: directory, now: now - graceSeconds),
                rolloverAt <= now - graceSeconds
            else { continue }
            do {
                // Opening it is doing what is due.
                _ = try open(base)
            } catch {
                failures.append("\(error)")
                pauses?.begin(page)
            }
        }
        return failures
    }
}

extension StatePage {
    /// What the page at `path` says without its lock; nil when there is none, or it is not ready.
    static func rolloverAt(in path: String) -> Int64? {
        guard let page = try? Descriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) else {
            return nil
        }
        func value(_ field: Field) -> Int64? {
            var value: Int64 = 0
            let isRead = withUnsafeMutableBytes(of: &value) { bytes in
                (try? page.readAll(into: bytes, at: Int64(field.rawValue))) != nil
            }
            return isRead ? value : nil
        }
        // What only has such a name is not ours.
        return value(.magic) == magic ? value(.rolloverAt) : nil
    }
}
