// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// Writing, under the state page's lock.
extension Ledger {
    /// How it is written.
    struct Writing {
        /// Permissions of a new one, from which the umask is taken away.
        var mode: mode_t
        /// Whether the lines must be on the disk before the renames that they speak of.
        var isDurable = false
    }

    /// Room that is asked for ahead, so that a full disk does not stop rollovers at once.
    private static let reservedByteCount: Int64 = 8 << 10

    /// Appends `entries`, all or nothing, and gives them the numbers behind the last line's.
    ///
    /// A file in its place that cannot be a ledger, or is not ours to write, gets another name,
    /// because it must not stop rollovers.
    ///
    /// - Returns: that name, if there was such a thing.
    @discardableResult
    func append(
        _ entries: [LedgerEntry], _ writing: Writing
    ) throws(RotatingFileError) -> String? {
        var setAsidePath: String?
        let opened = try open(writing.mode, &setAsidePath)
        let status = try inspect(opened)
        let tail = try tail(opened, status.byteCount)
        let contents = LedgerContents(tail, of: base)
        // A rollover that fails is tried again each second: one line of it is enough.
        let isThere =
            entries.count == 1 && tail.last == UInt8(ascii: "\n")
            && contents.last?.repeats(entries[0]) == true
        let lines = isThere ? [] : Self.lines(of: entries, behind: tail, contents)
        try write(lines, to: opened, status.byteCount)
        if writing.isDurable {
            try describing("synchronize", path) { () throws(Errno) in
                try opened.synchronizeData()
            }
        }
        let end = status.byteCount + Int64(lines.count)
        // Where the file system cannot, the next line finds out whether there is room.
        try? opened.reserve(Self.reservedByteCount, at: end)
        return setAsidePath
    }

    private static func lines(
        of entries: [LedgerEntry], behind tail: [UInt8], _ contents: LedgerContents
    ) -> [UInt8] {
        var lines: [UInt8] = []
        // The writer of the last line died in it.
        if let last = tail.last, last != UInt8(ascii: "\n") { lines.append(UInt8(ascii: "\n")) }
        var sequence = max(0, contents.sequence)
        for var entry in entries {
            sequence = sequence == .max ? 1 : sequence + 1
            entry.sequence = sequence
            lines += entry.line
        }
        return lines
    }

    private func write(
        _ lines: [UInt8], to file: borrowing Descriptor, _ byteCount: Int64
    ) throws(RotatingFileError) {
        do {
            try file.writeAll(lines.span)
        } catch {
            // If this fails too, the next to write ends the line.
            try? file.truncate(to: byteCount)
            throw .system(operation: "append to", path: path, errno: error)
        }
    }

    /// Opens the ledger, or a new one where the file in its place cannot be a ledger.
    private func open(
        _ mode: mode_t, _ setAsidePath: inout String?
    ) throws(RotatingFileError) -> Descriptor {
        do {
            return try openOwn(mode)
        } catch {
            switch error {
            case .notARegularFile, .severalLinks, .system("open", _, .permissionDenied),
                .system("open", _, .notPermitted):
                setAsidePath = try setAside()
                return try openOwn(mode)
            default: throw error
            }
        }
    }

    private func openOwn(_ mode: mode_t) throws(RotatingFileError) -> Descriptor {
        let opened: Descriptor
        do {
            // O_NONBLOCK: a FIFO in its place must not hang the process.
            opened = try Descriptor.open(
                path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, mode: mode)
        } catch {
            switch error {
            case .tooManySymbolicLinkLevels, .noSuchAddressOrDevice, .isDirectory:
                throw .notARegularFile(path: path)
            default: throw .system(operation: "open", path: path, errno: error)
            }
        }
        try check(inspect(opened))
        return opened
    }

    /// Gives the file in the ledger's place a name that no ledger has, and returns its path.
    private func setAside() throws(RotatingFileError) -> String {
        var number = 0
        while true {
            let target = LogDirectory(directory).path(
                of: FileNames(of: base).foreignLedger(number))
            let isMoved = try describing("rename \(path) to", target) { () throws(Errno) in
                // Nothing is there, so it is the directory that cannot be written.
                guard try FileStatus(at: path) != nil else { throw .permissionDenied }
                return try Directory.renameWithoutReplacing(path, to: target)
            }
            if isMoved { return target }
            number += 1
        }
    }

    /// After the machine has stopped: notes rotated files whose lines never reached the disk.
    ///
    /// Their last records came after the last line, so they were closed behind all that it names;
    /// a file that is older stays without a place, before all.
    func noteUnknown(_ standing: [RotatedName], now: Int64, _ writing: Writing) {
        guard let contents = try? contents(), contents.at > .min else { return }
        var found: [(modified: Int64, name: RotatedName)] = []
        for name in standing where contents.order.place(of: name.plainName) == nil {
            guard let status = try? FileStatus(at: LogDirectory(directory).path(of: name.fileName)),
                status.isRegular, status.modified >= contents.at
            else { continue }
            found.append((status.modified, name))
        }
        found.sort { ($0.modified, $0.name) < ($1.modified, $1.name) }
        let entries = found.map {
            LedgerEntry(at: now, event: .found, name: $0.name.plainName)
        }
        if !entries.isEmpty { _ = try? append(entries, writing) }
    }
}
