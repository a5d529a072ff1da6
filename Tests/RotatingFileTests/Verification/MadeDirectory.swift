// SPDX-License-Identifier: Apache-2.0

import Compression
import Glibc
import Linux
import Testing

@testable import RotatingFile

/// A directory of files as somebody may have left them, removed with its value.
final class MadeDirectory {
    let path: String

    init() throws {
        var template = Array("/tmp/cordwood-verification-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { bytes in
            bytes.baseAddress.flatMap { mkdtemp($0) } != nil
        }
        try #require(made)
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit {
        for name in (try? Directory.names(in: path)) ?? [] {
            let status = try? FileStatus(at: self[name])
            if status?.isDirectory == true { rmdir(self[name]) } else { unlink(self[name]) }
        }
        rmdir(path)
    }

    subscript(name: String) -> String { path + "/" + name }

    func write(_ bytes: [UInt8], to name: String) throws {
        let file = try Descriptor.open(self[name], O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
        try file.writeAll(bytes.span)
    }

    func write(_ text: String, to name: String) throws { try write(Array(text.utf8), to: name) }

    func append(_ text: String, to name: String) throws {
        let file = try Descriptor.open(self[name], O_WRONLY | O_APPEND)
        try file.writeAll(Array(text.utf8).span)
    }

    /// A gzip file of one member.
    func writeCompressed(_ text: String, to name: String) throws {
        try write(Self.compressed(text), to: name)
    }

    static func compressed(_ text: String) -> [UInt8] {
        Deflater.compress(Array(text.utf8), as: .gzip)
    }

    /// An active file that was appended to, and the page beside it.
    @discardableResult
    func appended(_ lines: String, to name: String, now: Int64 = 0) throws -> RotatingFile {
        let file = try RotatingFile(
            path: self[name], schedule: try RotationSchedule(when: .days, zone: .utc), now: now)
        try file.append(Array(lines.utf8).span, now: now)
        return file
    }

    /// Stores `value` into a field of the page of `name`.
    func setPage(_ field: StatePage.Field, of name: String, to value: Int64) throws {
        let page = try StatePage(for: name, in: path, mode: 0o600)
        page[field] = value
    }

    /// What is found here; every line but those that begin with `x` is good.
    func verify(onProgress: @escaping (Int64, Int64) -> Void = { _, _ in }) throws
        -> Verification.Report
    {
        let verification = Verification(directory: path) { _ in
            { lines in
                let bytes = (0..<lines.count).map { lines[$0] }
                return bytes.split(separator: UInt8(ascii: "\n")).allSatisfy {
                    $0.first != UInt8(ascii: "x")
                }
            }
        }
        return try verification.run(onProgress: onProgress)
    }

    /// The findings of the only stream.
    func findings() throws -> [Verification.Finding] {
        let report = try verify()
        try #require(report.streams.count == 1)
        return report.streams[0].findings
    }
}
