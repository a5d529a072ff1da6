// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// Memory that several processes see, and that outlives each of them.
package struct SharedMapping: ~Copyable {
    package let base: UnsafeMutableRawPointer
    package let byteCount: Int
    /// Its place among the guarded pages; -1: it is none.
    private let guardPlace: Int32

    /// Zeroed memory that this process shares with the children that it forks.
    ///
    /// The corresponding system call is `mmap` with `MAP_SHARED | MAP_ANONYMOUS`.
    package init(anonymousByteCount byteCount: Int) throws(Errno) {
        base = try Self.map(-1, byteCount, MAP_SHARED | MAP_ANONYMOUS)
        self.byteCount = byteCount
        guardPlace = -1
    }

    /// The first `byteCount` bytes of a file, which must have at least as many.
    ///
    /// - Parameter isGuarded: whether somebody else may cut the file; it is one page then, and see
    ///   `isLost`.
    package init(
        of file: borrowing Descriptor, byteCount: Int, isGuarded: Bool = false
    ) throws(Errno) {
        base = try Self.map(file.rawValue, byteCount, MAP_SHARED)
        self.byteCount = byteCount
        guardPlace = isGuarded ? clinux_guard_page(base) : -1
    }

    deinit {
        clinux_unguard_page(guardPlace)
        munmap(base, byteCount)
    }

    /// Whether somebody has cut the file, and this memory is this process's own, zeroed, since it
    /// was used the next time.
    package var isLost: Bool { clinux_page_is_lost(guardPlace) != 0 }

    /// Makes this process survive the use of a guarded page of a file that somebody has cut, which
    /// is SIGBUS otherwise.
    ///
    /// The corresponding system call is `sigaction`. For a process that is ours alone: a library
    /// leaves signals to its program.
    package static func surviveLostPages() { _ = clinux_survive_lost_pages() }

    private static func map(
        _ number: Int32, _ byteCount: Int, _ flags: Int32
    ) throws(Errno) -> UnsafeMutableRawPointer {
        var mapped: UnsafeMutableRawPointer?
        _ = try systemCall(.mmap) {
            mapped = mmap(nil, byteCount, PROT_READ | PROT_WRITE, flags, number, 0)
            return mapped == MAP_FAILED ? -1 : 0
        }
        guard let mapped else { throw .noMemory }
        return mapped
    }
}
