// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// `.app.log.ledger` beside `app.log`: in which order its rotated files were closed, and how many of
/// them are kept.
///
/// A line is written before the rename that it speaks of, so a file that stands under a rotated
/// name is in the ledger. A line whose rename never came says nothing wrong: the last line of a
/// name counts. Only the holder of the state page's lock writes; everyone may read.
struct Ledger {
    let path: String
    let base: String
    let directory: String

    init(of base: String, in directory: String) {
        self.base = base
        self.directory = directory
        path = LogDirectory(directory).path(of: FileNames(of: base).ledger)
    }

    /// How many bytes are read at most: the last ones, since files that are named before count as
    /// older all the same.
    static let maximumByteCount: Int64 = 16 << 20

    /// How many bytes before the end the last lines are looked for.
    static let tailByteCount: Int64 = 8 << 10

    /// Everything it says; nothing where there is none.
    ///
    /// To know the place of every file of a listing, it must be read after the listing.
    func contents() throws(RotatingFileError) -> LedgerContents {
        var attempts = 3
        while true {
            attempts -= 1
            do {
                return LedgerContents(try bytes(), of: base)
            } catch {
                // A line that could not be written whole was taken back meanwhile.
                guard attempts > 0, case .system(_, _, .ioError) = error else { throw error }
            }
        }
    }

    /// Its last bytes, from the beginning of a line on; none where there is none.
    func bytes() throws(RotatingFileError) -> [UInt8] {
        guard let opened = try openToRead() else { return [] }
        let status = try inspect(opened)
        let start = max(0, status.byteCount - Self.maximumByteCount)
        let bytes = try read(opened, from: start, through: status.byteCount)
        guard start > 0 else { return bytes }
        // The first is the rest of a line.
        return Array(bytes.drop { $0 != UInt8(ascii: "\n") })
    }

    /// Nil where there is none.
    private func openToRead() throws(RotatingFileError) -> Descriptor? {
        let opened: Descriptor
        do {
            opened = try Descriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
        } catch {
            switch error {
            case .noSuchFileOrDirectory: return nil
            case .tooManySymbolicLinkLevels, .noSuchAddressOrDevice:
                throw .notARegularFile(path: path)
            default: throw .system(operation: "read", path: path, errno: error)
            }
        }
        try check(inspect(opened))
        return opened
    }

    func check(_ status: FileStatus) throws(RotatingFileError) {
        guard status.isRegular else { throw .notARegularFile(path: path) }
        guard status.linkCount <= 1 else { throw .severalLinks(path: path) }
    }

    /// The names of rotated files in its last lines; none where there is no ledger.
    func lastNames() throws(RotatingFileError) -> [RotatedName] {
        guard let opened = try openToRead() else { return [] }
        let tail = try tail(opened, inspect(opened).byteCount)
        return LedgerContents(tail, of: base).order.names.compactMap {
            RotatedName(parsing: $0, base: base)
        }
    }

    /// The last `tailByteCount` bytes of a ledger that has `byteCount`.
    func tail(
        _ file: borrowing Descriptor, _ byteCount: Int64
    ) throws(RotatingFileError) -> [UInt8] {
        try read(file, from: max(0, byteCount - Self.tailByteCount), through: byteCount)
    }

    func read(
        _ file: borrowing Descriptor, from start: Int64, through end: Int64
    ) throws(RotatingFileError) -> [UInt8] {
        try describing("read", path) { () throws(Errno) in
            try withUnsafeTemporaryAllocation(
                byteCount: Int(end - start), alignment: 1
            ) { bytes throws(Errno) in
                try file.readAll(into: bytes, at: start)
                return Array(bytes)
            }
        }
    }

    func inspect(
        _ file: borrowing Descriptor
    ) throws(RotatingFileError) -> FileStatus {
        try describing("inspect", path) { () throws(Errno) in try FileStatus(of: file) }
    }
}
