// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// Reads every file of a directory of rotating files and reports damage.
///
/// It only reads, and can do so while other processes append, rotate and seal: an append that goes on
/// at this moment is no damage, and a file that is renamed, sealed or removed meanwhile is looked for
/// again. Memory does not grow with the files.
public struct Verification {
    /// Says whether all of some whole lines, each with its line feed, are as they should be.
    public typealias LineCheck = (Span<UInt8>) -> Bool

    let directory: LogDirectory
    let lineCheck: (String) -> LineCheck?

    /// - Parameters:
    ///   - directory: holds the active files, their state pages and the rotated files.
    ///   - lineCheck: is given the name of an active file and gives the check of its lines and of
    ///     those of its rotated files; nil: a line may be anything without NUL bytes.
    public init(
        directory: String, lineCheck: @escaping (_ activeName: String) -> LineCheck? = { _ in nil }
    ) {
        self.directory = LogDirectory(directory)
        self.lineCheck = lineCheck
    }

    /// Looks at every file once.
    ///
    /// - Parameter onProgress: called often with how many bytes of the files have been read, and of
    ///   how many.
    public func run(
        onProgress: @escaping (_ readByteCount: Int64, _ totalByteCount: Int64) -> Void = { _, _ in
        }
    ) throws(RotatingFileError) -> Report {
        // The files at the active paths before the listing tell later what it cannot contain.
        let activeBefore = try directory.contents().bases.reduce(into: [:]) { statuses, base in
            statuses[base] = try? FileStatus(at: path(base))
        }
        let listed = try directory.contents()
        let meter = ProgressMeter(totalByteCount: byteCount(of: listed), onProgress)
        var report = Report()
        for base in listed.bases.sorted() {
            var stream = StreamVerification(self, base: base, meter)
            let active = stream.verifyActive()
            var rotated = listed.rotated[base, default: []]
            if active != activeBefore[base]?.identity {
                // It is younger than the listing: the one before it has got a name by now.
                rotated = try directory.contents().rotated[base, default: []]
            }
            stream.verify(rotated, except: active)
            stream.lookAtTemporaries(listed.temporaries.filter { $0.source.base == base })
            report.streams.append(stream.report)
        }
        report.foreignNames = listed.foreign
        meter.finish()
        return report
    }

    func path(_ name: String) -> String { directory.path(of: name) }

    private func byteCount(of contents: LogDirectory.Contents) -> Int64 {
        let names = Array(contents.bases) + contents.rotated.values.joined().map(\.fileName)
        return names.reduce(0) { sum, name in
            sum + ((try? FileStatus(at: path(name)))?.byteCount ?? 0)
        }
    }
}

/// Which file it is, however it is named and however long.
struct FileIdentity: Equatable {
    let device: UInt64
    let inode: UInt64
}

extension FileStatus {
    var identity: FileIdentity { FileIdentity(device: device, inode: inode) }
}

/// How much of the files has been read.
final class ProgressMeter {
    private let totalByteCount: Int64
    private var readByteCount: Int64 = 0
    private let onProgress: (Int64, Int64) -> Void

    init(totalByteCount: Int64, _ onProgress: @escaping (Int64, Int64) -> Void) {
        self.totalByteCount = totalByteCount
        self.onProgress = onProgress
    }

    func add(_ byteCount: Int) {
        readByteCount += Int64(byteCount)
        // Files may have grown since the total was taken.
        onProgress(min(readByteCount, totalByteCount), totalByteCount)
    }

    func finish() { onProgress(totalByteCount, totalByteCount) }
}
