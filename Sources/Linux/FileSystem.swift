// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc
import SystemPackage

/// The file system that a path lies on: its kind and its room.
package struct FileSystem: Equatable, Sendable {
    /// The magic number of statfs(2).
    package var kind: UInt64
    package var totalBytes: UInt64
    /// How much an unprivileged process may still write.
    package var freeBytes: UInt64

    /// The corresponding system call is `statfs`.
    package init(at path: String) throws(Errno) {
        var status = statfs()
        _ = try systemCall(.statfs) { statfs(path, &status) }
        kind = UInt64(truncatingIfNeeded: status.f_type) & 0xffff_ffff
        let blockByteCount = UInt64(status.f_bsize)
        totalBytes = UInt64(status.f_blocks) * blockByteCount
        freeBytes = UInt64(status.f_bavail) * blockByteCount
    }

    /// The name of a file system without reliable locks and shared mappings: those of the network,
    /// where flock(2) and mmap(2) mean something else on each machine, and FUSE, where their meaning
    /// is its author's choice.
    ///
    /// Nil for all others.
    package var unreliableName: String? { Self.unreliableName(ofKind: kind) }

    static func unreliableName(ofKind kind: UInt64) -> String? {
        switch kind {
        case 0x6969: "NFS"
        case 0xff53_4d42, 0x517b, 0xfe53_4d42: "SMB"
        case 0x0102_1997: "9p"
        case 0x6573_5546: "FUSE"
        case 0x00c3_6400: "Ceph"
        case 0x5346_414f: "AFS"
        default: nil
        }
    }
}
