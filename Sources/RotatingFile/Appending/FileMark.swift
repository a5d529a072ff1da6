// SPDX-License-Identifier: Apache-2.0

import Linux
import SystemPackage

/// A number that the active file carries and its page names, so that a page is known to be older
/// than the file although it says the same of device, inode and lengths.
///
/// The number is chosen when the file becomes the page's, and is even. It grows by one before bytes
/// are cut off and by one more when that is done. A page that was copied before that names a number
/// that is gone, and so does the page of an earlier file that had the same inode.
extension RotatingFile {
    /// Gives the file a number that no page has named.
    func mark(_ file: ActiveFile) {
        let mark = Int64.random(in: 1...Int64.max / 4) * 2
        page[.fileMark] = file.setMark(mark) ? mark : 0
    }

    /// Whether the page tells of this file as it is now, as far as that can be known: not every
    /// file system has extended attributes, and earlier versions set none.
    func isOfPage(_ file: ActiveFile) -> Bool {
        let named = page[.fileMark]
        guard named != 0, let found = file.mark else { return true }
        // A process may have died before it cut the file.
        return found == named || found == named &+ 1
    }

    /// Makes the page name the number that the file has.
    func learnMark(of file: ActiveFile) {
        guard page[.fileMark] != 0, let found = file.mark else { return }
        page[.fileMark] = found
    }

    /// Cuts off the bytes of an append that is taken back.
    func cutBack(_ file: ActiveFile, to byteCount: Int64) throws(Errno) {
        let named = page[.fileMark]
        let isMarked = named != 0 && file.setMark(named &+ 1)
        try file.cutBack(to: byteCount)
        if isMarked, file.setMark(named &+ 2) { page[.fileMark] = named &+ 2 }
        page.forgetPlan()
    }
}

extension ActiveFile {
    /// Nil where it has none, or that cannot be known.
    var mark: Int64? { (try? descriptor.attribute(Self.markName)) ?? nil }

    /// False where the file cannot have one.
    func setMark(_ mark: Int64) -> Bool {
        (try? descriptor.setAttribute(Self.markName, to: mark)) != nil
    }

    private static let markName = "user.cordwood.mark"
}
