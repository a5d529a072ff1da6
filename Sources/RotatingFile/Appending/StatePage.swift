// SPDX-License-Identifier: Apache-2.0

import Bytes
import Glibc
import Linux
import Synchronization
import SystemPackage

/// The page shared by all processes that append to one file: `.app.log.state` beside `app.log`.
///
/// Only the holder of the exclusive flock(2) of its file may write the page; every process may read
/// single fields at any time. A process may die between any two stores: `phase` says what it was
/// doing, and the next holder of the lock finishes it. Stores are sequentially consistent, so a death
/// leaves a prefix of them.
struct StatePage: ~Copyable {
    /// The change that the holder of the lock is making to the fields or to the active file.
    enum Phase: Int64 {
        case idle = 0
        /// Bytes behind `committedByteCount` belong to nobody.
        case appending = 1
        /// The fields from `device` on are being set for another active file.
        case adopting = 2
    }

    /// Byte offsets in the page.
    enum Field: Int {
        case magic = 0, checksum = 8, bootHigh = 16, bootLow = 24, fingerprint = 32
        case generation = 64, phase = 72, device = 80, inode = 88, committedByteCount = 96
        case rolloverAt = 104
        case committedCheck = 112, rolloverCheck = 120
        /// Earlier versions know nothing of these.
        case plannedByteCount = 128, plannedCheck = 136, fileMark = 144

        /// The field that vouches for this one.
        fileprivate var check: Field? {
            switch self {
            case .committedByteCount: .committedCheck
            case .rolloverAt: .rolloverCheck
            default: nil
            }
        }
    }

    static let byteCount = 4096
    /// "cordwood", little-endian, with the version of this layout in the checksum.
    static let magic: Int64 = 0x646f_6f77_6472_6f63
    static let version: UInt64 = 1

    let path: String
    let descriptor: Descriptor
    private let mapping: SharedMapping
    /// The page's file as it was found.
    private let status: FileStatus

    /// Opens or creates the page of the file `name` in `directory`, and locks it; `unlock` must
    /// follow.
    init(for name: String, in directory: String, mode: mode_t) throws(RotatingFileError) {
        let path = LogDirectory(directory).path(of: FileNames(of: name).statePage)
        let opened = try Self.openCurrent(path, in: directory, mode: mode)
        let found = try Self.allocate(opened, path)
        mapping = try describing("map", path) { () throws(Errno) in
            try SharedMapping(of: opened, byteCount: Self.byteCount, isGuarded: true)
        }
        descriptor = opened
        status = found
        self.path = path
    }

    subscript(field: Field) -> Int64 {
        get { pointer(field).pointee.load(ordering: .sequentiallyConsistent) }
        nonmutating set {
            pointer(field).pointee.store(newValue, ordering: .sequentiallyConsistent)
        }
    }

    var phase: Phase {
        get { Phase(rawValue: self[.phase]) ?? .adopting }
        nonmutating set { self[.phase] = newValue.rawValue }
    }

    /// Waits for the exclusive lock; `unlock` must follow.
    func lock() throws(RotatingFileError) {
        if Safeguard.lock.isOff { return }
        try describing("lock", path) { () throws(Errno) in try descriptor.lockExclusively() }
    }

    func unlock() { descriptor.unlock() }

    /// Whether other processes find this page, and find it whole: somebody may have removed or cut
    /// it.
    ///
    /// Permissions that would let readers lock it are removed.
    var isCurrent: Bool {
        // Where it cannot be looked at now, it counts as unchanged.
        guard !isLost else { return false }
        let found: FileStatus?
        do { found = try FileStatus(at: path) } catch { return true }
        guard let found, found.isSameFile(as: status), found.byteCount >= Self.byteCount else {
            return false
        }
        Self.closeToReaders(descriptor, found)
        return true
    }

    /// Whether the next process would find a page that it can use.
    var isSound: Bool { isCurrent && isValid }

    /// Whether there was none before, or one without any contents.
    var isNew: Bool { status.byteCount == 0 }

    /// Whether somebody has cut the page's file, so that this memory is no longer shared.
    var isLost: Bool { mapping.isLost }

    /// Whether the fixed part was written whole by this version.
    var isValid: Bool {
        !isLost && self[.magic] == Self.magic && self[.checksum] == checksum
    }

    /// Sets a field together with the one that vouches for it.
    func set(_ field: Field, to value: Int64) {
        self[field] = value
        if let check = field.check { self[check] = value ^ Self.checkMask }
    }

    /// Whether the value of a field was set by `set`, and nothing has written over it since.
    func vouches(for field: Field) -> Bool {
        guard let check = field.check else { return true }
        return self[check] == self[field] ^ Self.checkMask
    }

    /// The sign bit is set, so a field of zeros never vouches for a number.
    static let checkMask = Int64(bitPattern: 0x9e37_79b9_7f4a_7c15)

    /// Whether it names the file with `status`.
    func names(_ status: FileStatus) -> Bool {
        self[.device] == Int64(bitPattern: status.device)
            && self[.inode] == Int64(bitPattern: status.inode)
    }

    /// Whether it was written since the machine started; if not, lengths prove nothing.
    var isOfThisBoot: Bool {
        let boot = BootID.current
        return self[.bootHigh] == boot.high && self[.bootLow] == boot.low
    }

    /// Writes the fixed part.
    ///
    /// The checksum goes last: until then the page is invalid.
    func seal(fingerprint: UInt64, boot: BootID = .current) {
        self[.checksum] = 0
        self[.magic] = Self.magic
        self[.bootHigh] = boot.high
        self[.bootLow] = boot.low
        self[.fingerprint] = Int64(bitPattern: fingerprint)
        self[.checksum] = checksum
    }

    /// FNV-1a over the fixed part.
    private var checksum: Int64 {
        var hash = FNV1a(salt: Self.version)
        hash.add(littleEndian: UInt64(bitPattern: self[.magic]))
        hash.add(littleEndian: UInt64(bitPattern: self[.bootHigh]))
        hash.add(littleEndian: UInt64(bitPattern: self[.bootLow]))
        hash.add(littleEndian: UInt64(bitPattern: self[.fingerprint]))
        return Int64(bitPattern: hash.value)
    }

    private func pointer(_ field: Field) -> UnsafeMutablePointer<Atomic<Int64>> {
        // SAFETY: every offset is a multiple of 8 inside the mapping, whose bytes are used as
        // atomics by every process, and an atomic has the representation of its value.
        (mapping.base + field.rawValue).assumingMemoryBound(to: Atomic<Int64>.self)
    }

    // MARK: Its file

    /// The locked descriptor of the file that has the name now.
    private static func openCurrent(
        _ path: String, in directory: String, mode: mode_t
    ) throws(RotatingFileError) -> Descriptor {
        while true {
            let opened = try open(path, in: directory, mode: mode)
            let mine = try describing("inspect", path) { () throws(Errno) in
                try FileStatus(of: opened)
            }
            guard mine.isRegular else { throw .notARegularFile(path: path) }
            // A second name may lie anywhere, and a write to this one would go there too.
            guard mine.linkCount <= 1 else { throw .severalLinks(path: path) }
            closeToReaders(opened, mine)
            let current = try describing("lock", path) { () throws(Errno) in
                try opened.lockExclusively()
                // Between open and lock one process may have removed it and another made a new one.
                return try FileStatus(at: path)
            }
            if let current, current.isSameFile(as: mine) { return opened }
        }
    }

    private static func open(
        _ path: String, in directory: String, mode: mode_t
    ) throws(RotatingFileError) -> Descriptor {
        do {
            // O_NONBLOCK: a FIFO in the page's place must not hang the process.
            let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK
            // flock(2) needs only read permission, so the page is readable only by those who may
            // write the log.
            let writers = mode & 0o222
            return try Descriptor.open(path, flags, mode: writers | writers << 1)
        } catch {
            switch error {
            case .tooManySymbolicLinkLevels, .noSuchAddressOrDevice, .isDirectory:
                throw .notARegularFile(path: path)
            case .noSuchFileOrDirectory: throw .directoryMissing(path: directory)
            default: throw .system(operation: "open", path: path, errno: error)
            }
        }
    }

    /// Removes the right to read from users without the right to write: their lock would stop all
    /// writers.
    private static func closeToReaders(_ descriptor: borrowing Descriptor, _ found: FileStatus) {
        let writers = found.mode & 0o222
        let excess = found.mode & 0o444 & ~(writers << 1)
        // Only the owner may do so; for another user's page the service warns at its start.
        if excess != 0 { try? descriptor.setMode(found.mode & 0o7777 & ~excess) }
    }

    /// Gives the page its bytes by writing them: a store into a hole of a mapped file is SIGBUS
    /// when the disk is full.
    ///
    /// The file is not cut before, because other processes may have it mapped.
    private static func allocate(
        _ descriptor: borrowing Descriptor, _ path: String
    ) throws(RotatingFileError) -> FileStatus {
        try describing("allocate", path) { () throws(Errno) in
            let found = try FileStatus(of: descriptor)
            if found.byteCount >= Int64(byteCount) { return found }
            try descriptor.writeAll([UInt8](repeating: 0, count: byteCount).span)
            return found
        }
    }
}
