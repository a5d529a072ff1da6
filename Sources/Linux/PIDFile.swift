// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// A file with the process id of a service, for sending it signals.
package struct PIDFile: Sendable {
    private let path: String
    private let text: String
    private let file: FileStatus

    /// Writes the id of this process; a reader of the file sees a whole id, an old or the new one.
    package init(writing path: String) throws(Errno) {
        self.path = path
        text = "\(getpid())\n"
        let temporary = "\(path).\(getpid())"
        try Directory.unlink(temporary)
        let file = try Descriptor.open(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
        do {
            let number = file.rawValue
            // Regardless of the umask, because everybody may know the number.
            _ = try systemCall(.fchmod) { fchmod(number, 0o644) }
            try file.writeAll(text.utf8.span)
            self.file = try FileStatus(of: file)
            _ = try systemCall(.rename) { rename(temporary, path) }
        } catch {
            _ = try? Directory.unlink(temporary)
            throw error
        }
    }

    /// Removes the file if it is still this one and holds this process's id.
    ///
    /// It may be a successor's by now, or have been written again by another name of its path.
    package func remove() {
        guard let current = try? FileStatus(at: path), current.isSameFile(as: file),
            (try? Descriptor.contents(of: path)) == text
        else { return }
        _ = try? Directory.unlink(path)
    }
}
