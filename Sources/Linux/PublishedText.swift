// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// A text that this process shows to others of the same machine, without a file or a socket.
///
/// It is in a memfd_create(2), which the others find in /proc/PID/fd. So the kernel decides who may
/// read it, by the same rule as for ptrace(2): the same user, or root. It ends with the process.
package struct PublishedText: ~Copyable {
    private let file: Descriptor
    private var byteCount = 0

    /// What a reader takes at most, because another user may have made the text.
    private static let longest = 1 << 20

    /// - Parameter name: the name by which others find it.
    package init(named name: String) throws(Errno) {
        file = try Descriptor.memory(named: name, byteCount: 0)
    }

    /// Replaces the text, which is not empty in between.
    ///
    /// A reader may see a mixture of the old and the new one, so the text should show that it is
    /// whole, as a JSON object does; white space at its end should not matter.
    package mutating func publish(_ text: String) throws(Errno) {
        var bytes = Array(text.utf8)
        bytes += [UInt8](repeating: UInt8(ascii: " "), count: max(0, byteCount - bytes.count))
        byteCount = bytes.count
        try file.overwrite(bytes.span)
    }

    /// The text that `process` shows by this name; nil if there is none, or if this process may not
    /// read it.
    package static func read(named name: String, of process: pid_t) -> String? {
        let place = "/proc/\(process)/fd"
        guard let numbers = try? Directory.names(in: place) else { return nil }
        let target = "/memfd:\(name) (deleted)"
        for number in numbers {
            let path = "\(place)/\(number)"
            if (try? SymbolicLink.target(of: path)) == target {
                return try? Descriptor.contents(of: path, atMost: longest)
            }
        }
        return nil
    }
}
