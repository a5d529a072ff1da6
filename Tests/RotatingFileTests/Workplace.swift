// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage
import Testing

@testable import RotatingFile

/// A directory that is gone after the test, with what the tests do to the files in it.
final class Workplace {
    let directory: String
    var events: [RotatingFileEvent] = []

    init() throws {
        var template = Array("/tmp/cordwood-rotating.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
        directory = String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self)
    }

    deinit {
        for name in (try? Directory.names(in: directory)) ?? [] {
            if unlink(path(name)) != 0 { rmdir(path(name)) }
        }
        rmdir(directory)
    }

    func path(_ name: String = "app.log") -> String { directory + "/" + name }

    /// `app.log` as another process would open it, rotated each minute from zero.
    func open(
        now: Int64 = 0, minutes: Int = 1, isDurable: Bool = false, isAligned: Bool = true
    ) throws -> RotatingFile {
        var options = RotatingFile.Options()
        options.isDurable = isDurable
        return try RotatingFile(
            path: path(),
            schedule: RotationSchedule(
                when: .minutes, interval: minutes, zone: .utc, aligned: isAligned),
            options: options, now: now, onEvent: { [unowned self] in events.append($0) })
    }

    /// All names but those of the state page and the ledger.
    var names: [String] {
        get throws {
            try Directory.names(in: directory).filter {
                !$0.hasSuffix(".state") && !$0.hasSuffix(".ledger")
            }.sorted()
        }
    }

    /// The contents of a file; nil when there is none.
    func text(_ name: String = "app.log") throws -> String? {
        bytes(name).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The lines of all plain files, oldest file first.
    var lines: [String] {
        let names = ((try? names) ?? []).filter { $0.hasPrefix("app.log") }
        return (names.filter { $0 != "app.log" } + ["app.log"]).flatMap { name in
            ((try? text(name)) ?? "").split(separator: "\n").map(String.init)
        }
    }

    func bytes(_ name: String) -> [UInt8]? {
        guard let file = try? Descriptor.open(path(name), O_RDONLY | O_NOFOLLOW),
            let status = try? FileStatus(of: file)
        else { return nil }
        var bytes = [UInt8](repeating: 0, count: Int(status.byteCount))
        do {
            try bytes.withUnsafeMutableBytes { try file.readAll(into: $0, at: 0) }
        } catch { return nil }
        return bytes
    }

    /// Appends to a file behind Cordwood's back.
    func write(_ text: String, to name: String = "app.log") throws {
        try Descriptor.open(path(name), O_WRONLY | O_CREAT | O_APPEND, mode: 0o640)
            .writeAll([UInt8](text.utf8).span)
    }

    func rename(_ name: String, to other: String) throws {
        try #require(Glibc.rename(path(name), path(other)) == 0)
    }

    func remove(_ name: String) throws { try #require(unlink(path(name)) == 0) }

    func status(_ name: String = "app.log") throws -> FileStatus {
        try #require(try FileStatus(at: path(name)))
    }

    /// Sets when a file was last written, in seconds since 1970.
    func setModified(_ name: String, _ seconds: Int64) throws {
        var wanted = try status(name)
        wanted.modified = seconds
        wanted.modifiedNanoseconds = 0
        try Descriptor.open(path(name), O_WRONLY).copyMetadata(from: wanted)
    }

    func seal(
        keeping retention: Retention? = nil, now: Int64 = 0, graceSeconds: Int64 = 0,
        shouldStop: @escaping () -> Bool = { false }
    ) throws -> Sealer.Report {
        var options = Sealer.Options()
        options.retention.backupCount = 0
        if let retention { options.retention = retention }
        var sealer = Sealer(directory: directory, options: options, shouldStop: shouldStop)
        sealer.graceSeconds = graceSeconds
        return try sealer.run(now: now)
    }
}

extension RotatingFile {
    /// Whether the page is the one that others find and all of it can be believed.
    var hasGoodPage: Bool { page.isCurrent && page.isValid && page.isOfThisBoot }
    var generation: Int64 { page[.generation] }

    /// Appends `text`.
    func append(_ text: String, at now: Int64 = 0) throws {
        try append([UInt8](text.utf8).span, now: now)
    }
}
