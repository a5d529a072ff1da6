// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// Symbolic links and where they lead.
package enum SymbolicLink {
    /// The path that the link at `path` holds, as it was written, perhaps relative.
    ///
    /// The corresponding system call is `readlink`.
    package static func target(of path: String) throws(Errno) -> String {
        try withUnsafeTemporaryAllocation(
            of: CChar.self, capacity: Int(PATH_MAX)
        ) { buffer throws(Errno) in
            guard let address = buffer.baseAddress else { return "" }
            // SAFETY: readlink writes at most the buffer's size and returns how much, without a NUL.
            let count = try systemCall(.readlink) { readlink(path, address, buffer.count) }
            return String(
                decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    /// The absolute path of the file that `path` names, with no link in it.
    ///
    /// The corresponding call is realpath(3), which follows links by `readlink`.
    package static func resolve(_ path: String) throws(Errno) -> String {
        var real: UnsafeMutablePointer<CChar>?
        _ = try systemCall(.readlink) {
            real = realpath(path, nil)
            return real == nil ? Int32(-1) : 0
        }
        defer { free(real) }
        return real.map { String(cString: $0) } ?? path
    }
}
