// SPDX-License-Identifier: Apache-2.0

import Linux
import SystemPackage

/// The locks in the page that tell sealers which files this process has open to append to them.
///
/// One inode can be held twice: it was released with lines that are not synchronized yet, and
/// opened again.
extension RotatingFile {
    func hold(_ file: ActiveFile) throws(RotatingFileError) {
        let inode = file.status.inode
        if held[inode] == nil, try !page.share(inode) {
            // A sealer has it, for which it is no active file: it will see in an instant that it is.
            throw .system(operation: "lock", path: path, errno: .wouldBlock)
        }
        held[inode, default: 0] += 1
    }

    func release(_ file: ActiveFile) {
        let inode = file.status.inode
        guard let count = held[inode] else { return }
        if count > 1 {
            held[inode] = count - 1
        } else {
            held[inode] = nil
            page.unshare(inode)
        }
    }

    /// Takes the locks in a page that takes the place of another.
    func holdAgain() throws(RotatingFileError) {
        for inode in held.keys { _ = try page.share(inode) }
    }
}
