// SPDX-License-Identifier: Apache-2.0

import CLinux
import Testing

@testable import Linux

@Suite struct FileSystemTests {
    @Test func `a local file system is reliable and says what is free`() throws {
        let fileSystem = try FileSystem(at: "/tmp")
        #expect(fileSystem.unreliableName == nil)
        #expect(fileSystem.totalBytes > 0 && fileSystem.freeBytes <= fileSystem.totalBytes)
    }

    @Test(
        arguments: [
            (UInt64(NFS_SUPER_MAGIC), "NFS"), (UInt64(SMB_SUPER_MAGIC), "SMB"),
            (UInt64(CIFS_SUPER_MAGIC), "SMB"), (UInt64(SMB2_SUPER_MAGIC), "SMB"),
            (UInt64(V9FS_MAGIC), "9p"), (UInt64(FUSE_SUPER_MAGIC), "FUSE"),
            (UInt64(CEPH_SUPER_MAGIC), "Ceph"), (UInt64(AFS_SUPER_MAGIC), "AFS"),
            (UInt64(EXT4_SUPER_MAGIC), nil), (UInt64(BTRFS_SUPER_MAGIC), nil),
            (UInt64(XFS_SUPER_MAGIC), nil), (UInt64(TMPFS_MAGIC), nil),
            (UInt64(OVERLAYFS_SUPER_MAGIC), nil),
        ] as [(UInt64, String?)])
    func `the kernel's number of a file system tells whether its locks hold`(
        kind: UInt64, name: String?
    ) {
        #expect(FileSystem.unreliableName(ofKind: kind) == name)
    }
}
