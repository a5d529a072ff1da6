// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// A small file system of its own, for which it takes the right to mount.
enum FileSystemInMemory {
    static let canMount: Bool = {
        geteuid() == 0 && (try? with(options: "size=64k") { _ in }) != nil
    }()

    /// Mounts one and takes it away when `body` is done.
    static func with<Result>(options: String, _ body: (URL) throws -> Result) throws -> Result {
        try Scratch.with { scratch in
            let directory = scratch.appendingPathComponent("mounted")
            try FileManager.default.createDirectory(
                at: directory, withIntermediateDirectories: true)
            _ = try ChildProcess(
                program: "/bin/mount",
                arguments: ["-t", "tmpfs", "-o", options, "cordwood-test", directory.path]
            ).output()
            // Lazily, as a process that is on its way out may still hold a file.
            defer { umount2(directory.path, Int32(MNT_DETACH)) }
            return try body(directory)
        }
    }
}
