// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// An open file description that is closed exactly once, when its owner goes away.
package struct Descriptor: ~Copyable {
    /// The number, for calls that this type does not have.
    ///
    /// It must not outlive the descriptor.
    package let rawValue: Int32

    /// Owns a descriptor that nobody else will close.
    package init(owning rawValue: Int32) {
        precondition(rawValue >= 0)
        self.rawValue = rawValue
    }

    deinit {
        // Never retried: on Linux the number is free even when close(2) says EINTR.
        _ = Glibc.close(rawValue)
    }

    /// Opens `path`, close-on-exec.
    ///
    /// The corresponding system call is `open`.
    package static func open(
        _ path: String, _ flags: Int32, mode: mode_t = 0
    ) throws(Errno) -> Descriptor {
        let opened: Int32 = try systemCall(.open) { Glibc.open(path, flags | O_CLOEXEC, mode) }
        return Descriptor(owning: opened)
    }

    /// The text of a file that may not know its size, as those of /proc do not; not much more than
    /// `limit` bytes of it.
    package static func contents(
        of path: String, atMost limit: Int = .max
    ) throws(Errno) -> String {
        // Without O_NONBLOCK, opening a FIFO in its place would wait.
        let file = try open(path, O_RDONLY | O_NONBLOCK)
        var text: [UInt8] = []
        return try withUnsafeTemporaryAllocation(
            byteCount: 1 << 16, alignment: 1
        ) { chunk throws(Errno) in
            while text.count < limit, let count = try file.read(into: chunk), count > 0 {
                text += chunk[..<count]
            }
            return String(decoding: text, as: UTF8.self)
        }
    }

    /// Both ends of a pipe, close-on-exec.
    ///
    /// The corresponding system call is `pipe2`.
    package static func pipe(isNonblocking: Bool = false) throws(Errno) -> Pipe {
        var ends: (Int32, Int32) = (-1, -1)
        let made: Int32 = try systemCall(.pipe2) {
            withUnsafeMutablePointer(to: &ends) { pointer in
                pointer.withMemoryRebound(to: Int32.self, capacity: 2) {
                    clinux_pipe2($0, O_CLOEXEC | (isNonblocking ? O_NONBLOCK : 0))
                }
            }
        }
        precondition(made == 0)
        return Pipe(reading: Descriptor(owning: ends.0), writing: Descriptor(owning: ends.1))
    }

    /// Memory that can be handed on like a file, close-on-exec; `name` is for /proc only.
    ///
    /// The corresponding system calls are `memfd_create` and `ftruncate`.
    package static func memory(named name: String, byteCount: Int64) throws(Errno) -> Descriptor {
        let number: Int32 = try systemCall(.memfd_create) { clinux_memfd_create(name) }
        let descriptor = Descriptor(owning: number)
        try descriptor.truncate(to: byteCount)
        return descriptor
    }

    /// Whether the program that this process may become by `execve` will not have it.
    ///
    /// The corresponding system call is `fcntl` with F_SETFD.
    package func setCloseOnExec(_ isSet: Bool) throws(Errno) {
        _ = try systemCall(.fcntl) { fcntl(rawValue, F_SETFD, isSet ? FD_CLOEXEC : 0) }
    }

    /// Makes calls return at once where they would wait, also for other processes that share the
    /// descriptor.
    ///
    /// The corresponding system call is `fcntl` with F_SETFL.
    package func setNonblocking() throws(Errno) {
        let flags = try systemCall(.fcntl) { fcntl(rawValue, F_GETFL) }
        _ = try systemCall(.fcntl) { fcntl(rawValue, F_SETFL, flags | O_NONBLOCK) }
    }

    /// Reads into `buffer`; nil when a non-blocking descriptor has nothing, 0 at the end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int? {
        try nonblockingSystemCall(.read) { Glibc.read(rawValue, buffer.baseAddress, buffer.count) }
    }

    /// Fills `buffer` from `offset` on.
    ///
    /// The corresponding system call is `pread`.
    ///
    /// A file that ends before that is `Errno.ioError`.
    package func readAll(
        into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
    ) throws(Errno) {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let count = try systemCall(.pread) {
                pread(rawValue, rest.baseAddress, rest.count, Int(offset) + done)
            }
            if count == 0 { throw .ioError }
            done += count
        }
    }

    /// Goes back to the beginning of the file.
    ///
    /// The corresponding system call is `lseek`.
    package func rewind() throws(Errno) {
        _ = try systemCall(.lseek) { lseek(rawValue, 0, SEEK_SET) }
    }

    /// Writes from `buffer`, perhaps only a part of it, and returns how many bytes went.
    ///
    /// The corresponding system call is `write`.
    package func write(_ buffer: UnsafeRawBufferPointer) throws(Errno) -> Int {
        try systemCall(.write) { Glibc.write(rawValue, buffer.baseAddress, buffer.count) }
    }

    /// Writes all of `bytes`.
    ///
    /// When it throws, a part may have been written.
    package func writeAll(_ bytes: Span<UInt8>) throws(Errno) {
        var written = 0
        while written < bytes.count {
            written += try bytes.extracting(written...).withUnsafeBytes { rest throws(Errno) in
                try write(rest)
            }
        }
    }

    /// Writes all of `bytes` at the beginning of the file.
    ///
    /// The corresponding system call is `pwrite`.
    package func overwrite(_ bytes: Span<UInt8>) throws(Errno) {
        var written = 0
        while written < bytes.count {
            let offset = written
            written += try bytes.extracting(offset...).withUnsafeBytes { rest throws(Errno) in
                try systemCall(.pwrite) { pwrite(rawValue, rest.baseAddress, rest.count, offset) }
            }
        }
    }

    /// Sets the length of the file.
    ///
    /// The corresponding system call is `ftruncate`.
    package func truncate(to byteCount: Int64) throws(Errno) {
        _ = try systemCall(.ftruncate) { Glibc.ftruncate(rawValue, Int(byteCount)) }
    }

    /// The number that an extended attribute of the file has; nil where it has none of this name.
    ///
    /// The corresponding system call is `fgetxattr`.
    package func attribute(_ name: String) throws(Errno) -> Int64? {
        var value: Int64 = 0
        do throws(Errno) {
            let count = try systemCall(.fgetxattr) {
                clinux_get_attribute(rawValue, name, &value)
            }
            return count == MemoryLayout<Int64>.size ? value : nil
        } catch {
            if error == .noData { return nil }
            throw error
        }
    }

    /// Sets an extended attribute of the file, which goes with it when it is renamed.
    ///
    /// The corresponding system call is `fsetxattr`.
    package func setAttribute(_ name: String, to value: Int64) throws(Errno) {
        _ = try systemCall(.fsetxattr) { clinux_set_attribute(rawValue, name, value) }
    }

    /// Sets the permissions of the file.
    ///
    /// The corresponding system call is `fchmod`.
    package func setMode(_ mode: mode_t) throws(Errno) {
        _ = try systemCall(.fchmod) { fchmod(rawValue, mode & 0o7777) }
    }

    /// Asks for `byteCount` bytes of room from `offset` on, without making the file longer.
    ///
    /// The corresponding system call is `fallocate` with FALLOC_FL_KEEP_SIZE. Not every file
    /// system can do it.
    package func reserve(_ byteCount: Int64, at offset: Int64) throws(Errno) {
        _ = try systemCall(.fallocate) { clinux_reserve(rawValue, offset, byteCount) }
    }

    /// Gives the file the permissions, owner and times of another.
    ///
    /// The corresponding system calls are `fchmod`, `fchown` and `futimens`. A process that may
    /// not give files away keeps its own as the owner.
    package func copyMetadata(from status: FileStatus) throws(Errno) {
        _ = try systemCall(.fchmod) { fchmod(rawValue, status.mode & 0o7777) }
        _ = try? systemCall(.fchown) { fchown(rawValue, status.user, status.group) }
        let time = timespec(tv_sec: Int(status.modified), tv_nsec: status.modifiedNanoseconds)
        var times = (time, time)
        _ = try systemCall(.futimens) {
            withUnsafePointer(to: &times) { pointer in
                pointer.withMemoryRebound(to: timespec.self, capacity: 2) {
                    futimens(rawValue, $0)
                }
            }
        }
    }

    /// Puts contents, and the metadata needed to read them, on the disk.
    ///
    /// The corresponding system call is `fdatasync`. An error is final: the kernel may have
    /// dropped the dirty pages, so a second call that succeeds would prove nothing.
    package func synchronizeData() throws(Errno) {
        _ = try systemCall(.fdatasync) { Glibc.fdatasync(rawValue) }
    }

    /// Puts contents and metadata on the disk.
    ///
    /// The corresponding system call is `fsync`.
    package func synchronize() throws(Errno) {
        _ = try systemCall(.fsync) { Glibc.fsync(rawValue) }
    }
}

/// The two ends of a pipe.
package struct Pipe: ~Copyable {
    package let reading: Descriptor
    /// Nil once this process has closed its own.
    package var writing: Descriptor?
}
