// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// Rotating files that no process has open: without it, a stream whose last writer is gone would be
/// rotated only when its next record comes.
extension RotatingFile {
    /// Rolls over the files in `directory` that were due `graceSeconds` ago, on behalf of their
    /// writers, if there are any.
    ///
    /// - Returns: a sentence for each file that could not be rolled over.
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

    /// Rolls over the files in `directory` that were due `graceSeconds` ago, each opened by `open`,
    /// which gets the name of the active file.
    ///
    /// - Parameters:
    ///   - pauses: files that failed lately, and are left alone.
    ///   - memory: of the passes before this one.
    /// - Returns: a sentence for each file that could not be rolled over.
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
                // Opening a file does what is due.
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
    /// When the page at `path` says that a rollover is due, read without its lock; nil when there is
    /// no page, or it is not ready.
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
        // A file that only has such a name is not ours.
        return value(.magic) == magic ? value(.rolloverAt) : nil
    }
}
