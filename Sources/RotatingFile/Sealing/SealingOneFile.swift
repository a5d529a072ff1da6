// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// Sealing the rotated files of one active file, and nothing else in its directory.
extension RotatingFile {
    /// Compresses the rotated files of this file and removes the oldest, once.
    ///
    /// It takes as long as compressing takes; ``seal(_:options:now:shouldStop:)`` does the same
    /// in a thread or process where no record waits for it.
    ///
    /// - Parameters:
    ///   - options: how many files to keep, such as `.init(backupCount: 7)`.
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
    /// Any number of processes may do it. A file that another process has not released yet is left
    /// for the next time: that process releases it at its next append or tick.
    ///
    /// - Parameters:
    ///   - path: of the active file.
    ///   - options: how many files to keep, such as `.init(backupCount: 7)`.
    ///   - now: seconds since 1970; nil asks the clock.
    ///   - shouldStop: asked often while compressing; true ends it early, without harm.
    @discardableResult
    public static func seal(
        _ path: String, options: Sealer.Options = Sealer.Options(), now: Int64? = nil,
        shouldStop: @escaping () -> Bool = { false }
    ) throws(RotatingFileError) -> Sealer.Report {
        let (directory, name) = split(path)
        var report = Sealer.Report()
        try Sealer(directory: directory, options: options, shouldStop: shouldStop).run(
            only: name, now: now ?? Clock.epochSeconds(), &report)
        return report
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
