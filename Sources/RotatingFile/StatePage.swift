import Glibc
import Linux
import Synchronization
import SystemPackage

/// The page that all processes share that append to one file: `.app.log.state` beside `app.log`.
///
/// Whoever holds the exclusive flock(2) of its file may write it; everyone may read single fields
/// at any time. All is built so that a process may die between any two stores: `phase` says what
/// it was doing, and the next to hold the lock finishes it. Stores are sequentially consistent,
/// so a death leaves a prefix of them.
struct StatePage: ~Copyable {
    /// What the holder of the lock is doing to the fields or to the active file.
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
    }

    static let byteCount = 4096
    /// "cordwood", little-endian, with the version of this layout in the checksum.
    static let magic: Int64 = 0x646f_6f77_6472_6f63
    static let version: UInt64 = 1

    let path: String
    private let descriptor: Descriptor
    private let mapping: SharedMapping
    private let status: FileStatus

    /// Opens or creates the page of the file `name` in `directory`, and locks it; `unlock` must
    /// follow.
    init(for name: String, in directory: String, mode: mode_t) throws(RotatingFileError) {
        let path = directory + "/." + name + ".state"
        let opened = try describing("open", path) { () throws(Errno) in
            try Self.openCurrent(path, mode: mode)
        }
        let found = try Self.allocate(opened, path)
        mapping = try describing("map", path) { () throws(Errno) in
            try SharedMapping(of: opened, byteCount: Self.byteCount)
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

    /// Whether this is still the page that others find: somebody may have removed it.
    var isCurrent: Bool { status.isStill(at: path) }

    /// Whether the fixed part was written whole by this version.
    var isValid: Bool { self[.magic] == Self.magic && self[.checksum] == checksum }

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
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ Self.version
        for field in [Field.magic, .bootHigh, .bootLow, .fingerprint] {
            var word = UInt64(bitPattern: self[field])
            for _ in 0..<8 {
                hash = (hash ^ (word & 0xff)) &* 0x100_0000_01b3
                word >>= 8
            }
        }
        return Int64(bitPattern: hash)
    }

    private func pointer(_ field: Field) -> UnsafeMutablePointer<Atomic<Int64>> {
        // SAFETY: every offset is a multiple of 8 inside the mapping, whose bytes are used as
        // atomics by every process, and an atomic has the representation of its value.
        (mapping.base + field.rawValue).assumingMemoryBound(to: Atomic<Int64>.self)
    }

    /// The locked descriptor of the file that has the name now.
    private static func openCurrent(
        _ path: String, mode: mode_t
    ) throws(Errno) -> Descriptor {
        while true {
            let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK
            // Who may read it could lock it (flock(2) asks for no more), so only who may write.
            let writers = mode & 0o222
            let opened = try Descriptor.open(path, flags, mode: writers | writers << 1)
            try opened.lockExclusively()
            // Between open and lock somebody may have removed it and a third made another.
            let mine = try FileStatus(of: opened)
            if let found = try FileStatus(at: path), found.isSameFile(as: mine) { return opened }
        }
    }

    /// Gives the page its bytes by writing them: a store into a hole of a mapped file is SIGBUS
    /// when the disk is full.
    private static func allocate(
        _ descriptor: borrowing Descriptor, _ path: String
    ) throws(RotatingFileError) -> FileStatus {
        let opened = try describing("inspect", path) { () throws(Errno) in
            try FileStatus(of: descriptor)
        }
        guard opened.isRegular else { throw .notARegularFile(path: path) }
        // Another name may lie anywhere: what is written here would be written there.
        guard opened.linkCount <= 1 else { throw .severalLinks(path: path) }
        if opened.byteCount >= Int64(byteCount) { return opened }
        try describing("allocate", path) { () throws(Errno) in
            try descriptor.truncate(to: 0)
            try descriptor.writeAll([UInt8](repeating: 0, count: byteCount).span)
        }
        return opened
    }
}
