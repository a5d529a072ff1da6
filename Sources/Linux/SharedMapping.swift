import CLinux
import Glibc
import SystemPackage

/// Memory that several processes see, and that outlives each of them.
package struct SharedMapping: ~Copyable {
    package let base: UnsafeMutableRawPointer
    package let byteCount: Int

    /// Zeroed memory that this process shares with the children that it forks.
    ///
    /// The corresponding system call is `mmap` with `MAP_SHARED | MAP_ANONYMOUS`.
    package init(anonymousByteCount byteCount: Int) throws(Errno) {
        base = try Self.map(-1, byteCount, MAP_SHARED | MAP_ANONYMOUS)
        self.byteCount = byteCount
    }

    /// The first `byteCount` bytes of a file, which must have at least as many.
    package init(of file: borrowing Descriptor, byteCount: Int) throws(Errno) {
        base = try Self.map(file.rawValue, byteCount, MAP_SHARED)
        self.byteCount = byteCount
    }

    deinit { munmap(base, byteCount) }

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
