// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// Files that are read whole and named by an operator, such as a configuration or a file of tokens.
///
/// A FIFO, a device or a socket in such a file's place could make a process wait for ever, in
/// open(2) already.
package enum RegularFile {
    /// Why the file was not opened.
    package enum Failure: Error, Equatable {
        case system(Errno)
        /// The file is of another kind, such as `a FIFO`.
        case notRegular(kind: String)
    }

    /// Opens the file at `path` for reading, following symbolic links, without waiting.
    package static func open(_ path: String) throws(Failure) -> Descriptor {
        // It is looked at first, because opening a device may have an effect.
        try check(path)
        let opened = try system { () throws(Errno) in
            try Descriptor.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
        }
        try check(Self.status(of: opened))
        return opened
    }

    private static func check(_ path: String) throws(Failure) {
        let status = try system { () throws(Errno) in try FileStatus(following: path) }
        guard let status else { throw .system(.noSuchFileOrDirectory) }
        try check(status)
    }

    private static func check(_ status: FileStatus) throws(Failure) {
        // The error of reading it.
        if status.isDirectory { throw .system(.isDirectory) }
        if !status.isRegular { throw .notRegular(kind: status.kind) }
    }

    private static func status(
        of opened: borrowing Descriptor
    ) throws(Failure) -> FileStatus {
        do { return try FileStatus(of: opened) } catch { throw .system(error) }
    }

    private static func system<R: ~Copyable>(
        _ body: () throws(Errno) -> R
    ) throws(Failure) -> R {
        do { return try body() } catch { throw .system(error) }
    }
}

extension FileStatus {
    /// The kind of file, with its article.
    package var kind: String {
        switch mode & S_IFMT {
        case S_IFREG: "a regular file"
        case S_IFDIR: "a directory"
        case S_IFIFO: "a FIFO"
        case S_IFSOCK: "a socket"
        case S_IFLNK: "a symbolic link"
        case S_IFCHR, S_IFBLK: "a device"
        default: "a file of an unknown kind"
        }
    }
}
