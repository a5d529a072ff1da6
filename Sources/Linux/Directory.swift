import CLinux
import Glibc
import SystemPackage

/// A directory's entries and what is done to them.
package enum Directory {
    /// The names in `path`, without `.` and `..`, in no order; at most `limit` of them.
    package static func names(
        in path: String, atMost limit: Int = .max
    ) throws(Errno) -> [String] {
        guard let stream = opendir(path) else { throw Errno(rawValue: errno) }
        defer { closedir(stream) }
        try failIfAsked(.getdents64)
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw Errno(rawValue: errno) }
                return names
            }
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { names.append(name) }
            if names.count >= limit { return names }
        }
    }

    /// How many of the names in `path` are wanted, without a `String` for each.
    package static func count(
        in path: String, where isWanted: (Span<UInt8>) -> Bool
    ) throws(Errno) -> Int {
        guard let stream = opendir(path) else { throw Errno(rawValue: errno) }
        defer { closedir(stream) }
        try failIfAsked(.getdents64)
        var count = 0
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                if errno != 0 { throw Errno(rawValue: errno) }
                return count
            }
            // SAFETY: the entry stays as it is until the next readdir of this stream.
            let isCounted = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                let name = UnsafeRawBufferPointer(rebasing: bytes.prefix { $0 != 0 })
                return name.withMemoryRebound(to: UInt8.self) { isWanted($0.span) }
            }
            if isCounted { count += 1 }
        }
    }

    /// Makes `path` and what is missing above it, all of it `owner`'s.
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
            // Another process was faster, which is as good.
            if error == .fileExists { return }
            throw error
        }
        do {
            try owner?.own(path)
        } catch {
            // As it is, whom it is for could not use it when it is there the next time.
            rmdir(path)
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

    /// Gives `from` the name `to`, whatever has it now.
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
