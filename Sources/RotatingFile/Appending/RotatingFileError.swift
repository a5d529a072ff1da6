// SPDX-License-Identifier: Apache-2.0

import SystemPackage

/// Why a rotating file could not be opened or appended to.
public enum RotatingFileError: Error, Equatable {
    /// A system call on `path` failed.
    case system(operation: String, path: String, errno: Errno)
    /// There is no regular file at `path` but a directory, FIFO, symbolic link, …
    case notARegularFile(path: String)
    /// The file at `path` has a second name, under which somebody else may change it.
    case severalLinks(path: String)
    /// The directory at `path` is gone.
    case directoryMissing(path: String)
    /// The file system of `path` gives no locks or mappings that can be relied on.
    case unreliableFileSystem(path: String, name: String)
    /// Another process appends to `path` with another schedule.
    case otherScheduleInUse(path: String)
    /// A batch must consist of whole lines: its last byte must be a line feed.
    case unterminatedBatch
    /// One line was to be appended, and it holds a line feed.
    case innerLineFeed
    /// The settings make no schedule.
    case schedule(RotationScheduleError)
}

extension RotatingFileError {
    /// Whether the disk had no room.
    var isOutOfSpace: Bool {
        if case .system(_, _, .noSpace) = self { true } else { false }
    }
}

extension RotatingFileError: CustomStringConvertible {
    /// A sentence with the event, the file and the remedy.
    public var description: String {
        switch self {
        case .system(let operation, let path, let errno):
            "cannot \(operation) \(path): \(errno)"
        case .notARegularFile(let path):
            "\(path) is not a regular file: move it away or choose another directory"
        case .severalLinks(let path):
            "\(path) has more than one hard link: remove the other name or move the file away"
        case .directoryMissing(let path):
            "the directory \(path) is not there: make or mount it again; appending goes on as soon "
                + "as it is there"
        case .unreliableFileSystem(let path, let name):
            "\(path) lies on \(name), whose locks several writers cannot rely on: choose a "
                + "directory on a local file system"
        case .otherScheduleInUse(let path):
            "\(path) is being written with another rotation schedule: stop the other service, "
                + "give both the same schedule, or choose another directory"
        case .unterminatedBatch:
            "a batch must end with a line feed"
        case .innerLineFeed:
            "a line must hold no line feed: append its parts one by one, or escape it"
        case .schedule(let error):
            "\(error)"
        }
    }
}

/// Runs `body` and adds the operation and the file to its error.
func describing<R: ~Copyable>(
    _ operation: String, _ path: String, _ body: () throws(Errno) -> R
) throws(RotatingFileError) -> R {
    do {
        return try body()
    } catch {
        throw .system(operation: operation, path: path, errno: error)
    }
}
