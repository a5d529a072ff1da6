// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// The entries of a directory, and making, renaming and removing them.
package enum Directory {
    /// The names in `path` that are wanted, without `.` and `..`, in no order; at most `limit` of
    /// them.
    package static func names(
        in path: String, atMost limit: Int = .max,
        where isWanted: (Span<UInt8>) -> Bool = { _ in true }
    ) throws(Errno) -> [String] {
        var names: [String] = []
        try forEachName(in: path) { name in
            guard isWanted(name) else { return true }
            names.append(name.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
            return names.count < limit
        }
        return names
    }

    /// How many of the names in `path` are wanted, without a `String` for each.
    package static func count(
        in path: String, where isWanted: (Span<UInt8>) -> Bool
    ) throws(Errno) -> Int {
        var count = 0
        try forEachName(in: path) { name in
            if isWanted(name) { count += 1 }
            return true
        }
        return count
    }

    /// Calls `body` with each name in `path`, without `.` and `..`, in no order, until it returns
    /// false.
    ///
    /// The corresponding system calls are `open` and `getdents64`. A name that is added or removed
    /// meanwhile may or may not be among them, readdir(3).
    private static func forEachName(
        in path: String, _ body: (Span<UInt8>) -> Bool
    ) throws(Errno) {
        let directory = try Descriptor.open(path, O_RDONLY | O_DIRECTORY)
        try withUnsafeTemporaryAllocation(
            byteCount: 1 << 16, alignment: MemoryLayout<UInt64>.alignment
        ) { room throws(Errno) in
            while true {
                let count = try systemCall(.getdents64) {
                    clinux_list(directory.rawValue, room.baseAddress, room.count)
                }
                if count == 0 { return }
                let entries = UnsafeRawBufferPointer(rebasing: room[..<count])
                guard visit(entries, body) else { return }
            }
        }
    }

    /// Calls `body` with the name of each of `entries`; false once it has returned false.
    private static func visit(
        _ entries: UnsafeRawBufferPointer, _ body: (Span<UInt8>) -> Bool
    ) -> Bool {
        var start = 0
        while start < entries.count {
            // SAFETY: the kernel has filled the buffer with whole entries: inode and position, 8
            // bytes each, 2 bytes of the entry's length, 1 of its type, and the name with a NUL.
            let length = entries.loadUnaligned(fromByteOffset: start + 16, as: UInt16.self)
            let name = UnsafeRawBufferPointer(
                rebasing: entries[(start + 19)..<(start + Int(length))].prefix { $0 != 0 })
            start += Int(length)
            if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) { continue }
            guard name.withMemoryRebound(to: UInt8.self, { body($0.span) }) else { return false }
        }
        return true
    }

    /// Makes `path` and the directories that are missing above it, all of them `owner`'s.
    package static func create(
        _ path: String, mode: mode_t, owner: Credentials? = nil
    ) throws(Errno) {
        if let status = try FileStatus(following: path) {
            if status.isDirectory { return }
            throw .notDirectory
        }
        let parent = path.split(separator: "/", omittingEmptySubsequences: true).dropLast()
        if !parent.isEmpty {
            try create(
                (path.hasPrefix("/") ? "/" : "") + parent.joined(separator: "/"), mode: mode,
                owner: owner)
        }
        do {
            _ = try systemCall(.mkdir) { Glibc.mkdir(path, mode) }
        } catch {
            // Another process made it first, which is as good.
            if error == .fileExists { return }
            throw error
        }
        do {
            try owner?.own(path)
        } catch {
            // Its owner could not use it as it is, and the next start would find it there.
            try? remove(path)
            throw error
        }
    }

    /// Gives `from` the name `to` unless that name is taken; false when it is.
    ///
    /// The corresponding system call is `renameat2` with `RENAME_NOREPLACE`: looking and renaming
    /// are one step, so nothing is ever overwritten.
    package static func renameWithoutReplacing(
        _ from: String, to: String
    ) throws(Errno) -> Bool {
        do {
            _ = try systemCall(.renameat2) { clinux_rename_noreplace(AT_FDCWD, from, to) }
            return true
        } catch {
            if error == .fileExists { return false }
            throw error
        }
    }

    /// Gives `from` the name `to`, and replaces a file that has it.
    ///
    /// The corresponding system call is `rename`.
    package static func rename(_ from: String, to: String) throws(Errno) {
        _ = try systemCall(.rename) { Glibc.rename(from, to) }
    }

    /// Removes the name; false when there was none.
    ///
    /// The corresponding system call is `unlink`.
    @discardableResult
    package static func unlink(_ path: String) throws(Errno) -> Bool {
        do {
            _ = try systemCall(.unlink) { Glibc.unlink(path) }
            return true
        } catch {
            if error == .noSuchFileOrDirectory { return false }
            throw error
        }
    }

    /// Removes an empty directory.
    ///
    /// The corresponding system call is `rmdir`.
    package static func remove(_ path: String) throws(Errno) {
        _ = try systemCall(.rmdir) { Glibc.rmdir(path) }
    }

    /// Puts the directory's entries on the disk.
    package static func synchronize(_ path: String) throws(Errno) {
        try Descriptor.open(path, O_RDONLY | O_DIRECTORY).synchronize()
    }
}

extension FileStatus {
    /// Of a path, following symbolic links; nil when there is nothing.
    package init?(following path: String) throws(Errno) {
        let opened: Descriptor
        do {
            opened = try Descriptor.open(path, O_PATH_FLAG)
        } catch {
            if error == .noSuchFileOrDirectory { return nil }
            throw error
        }
        try self.init(of: opened)
    }
}

/// O_PATH of open(2), which Glibc declares for _GNU_SOURCE only.
private let O_PATH_FLAG: Int32 = 0o10000000
