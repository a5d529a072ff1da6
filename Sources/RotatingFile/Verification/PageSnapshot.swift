// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux

/// The contents of a state page at one moment, read without its lock and without writing to it.
///
/// A reader must not take the lock: a stopped reader would stop the service.
struct PageSnapshot: Equatable {
    let boot: BootID
    let generation: Int64
    let phase: Int64
    let device: UInt64
    let inode: UInt64
    let committedByteCount: Int64

    /// Of the page at `path`; nil when there is none, or none that says anything yet.
    init?(of path: String) {
        guard let page = try? Descriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK) else {
            return nil
        }
        let fields = withUnsafeTemporaryAllocation(
            byteCount: StatePage.byteCount, alignment: 8
        ) { bytes -> PageSnapshot? in
            guard (try? page.readAll(into: bytes, at: 0)) != nil else { return nil }
            return PageSnapshot(UnsafeRawBufferPointer(bytes))
        }
        guard let fields else { return nil }
        self = fields
    }

    private init?(_ bytes: UnsafeRawBufferPointer) {
        func value(_ field: StatePage.Field) -> Int64 {
            bytes.load(fromByteOffset: field.rawValue, as: Int64.self)
        }
        guard value(.magic) == StatePage.magic, value(.checksum) != 0 else { return nil }
        boot = BootID(high: value(.bootHigh), low: value(.bootLow))
        generation = value(.generation)
        phase = value(.phase)
        device = UInt64(bitPattern: value(.device))
        inode = UInt64(bitPattern: value(.inode))
        committedByteCount = value(.committedByteCount)
        // Something has written over it: the next append starts the page again from the file.
        guard committedByteCount >= 0 else { return nil }
    }

    /// Whether it names the file with `status`, and is not just being given another.
    func names(_ status: FileStatus) -> Bool {
        phase != StatePage.Phase.adopting.rawValue && device == status.device
            && inode == status.inode
    }

    var isIdle: Bool { phase == StatePage.Phase.idle.rawValue }

    /// Whether its lengths are those of the memory of this machine, and not of before it stopped.
    var isOfThisBoot: Bool { boot == BootID.current }
}
