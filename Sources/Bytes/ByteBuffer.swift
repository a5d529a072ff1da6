// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Bytes that are appended at the end and consumed from the front.
///
/// The storage is always followed by `padding` readable bytes, which simdjson needs behind its
/// input; their contents mean nothing.
package struct ByteBuffer: ~Copyable {
    /// How many bytes behind the contents may be read, though not interpreted.
    package static let padding = 64

    @usableFromInline var storage: UnsafeMutablePointer<UInt8>
    @usableFromInline package var capacity: Int
    @usableFromInline var start = 0
    @usableFromInline var end = 0

    /// An empty buffer with room for `capacity` bytes.
    package init(capacity: Int = 0) {
        self.capacity = capacity
        guard capacity > 0 else {
            storage = Self.nothing
            return
        }
        guard let allocated = Self.allocate(capacity, replacing: nil) else { Self.fail(capacity) }
        storage = allocated
        storage.initialize(repeating: 0, count: capacity + Self.padding)
    }

    deinit { if capacity > 0 { free(storage) } }

    // SAFETY: a buffer without capacity never writes to its storage, so all of them can share
    // this, of which nothing but the padding is ever read.
    private nonisolated(unsafe) static let nothing: UnsafeMutablePointer<UInt8> = {
        let bytes = UnsafeMutablePointer<UInt8>.allocate(capacity: padding)
        bytes.initialize(repeating: 0, count: padding)
        return bytes
    }()

    @inlinable package var count: Int { @inline(__always) get { end - start } }
    @inlinable package var isEmpty: Bool { @inline(__always) get { end == start } }

    /// The contents, front first.
    @inlinable package var span: Span<UInt8> {
        @_lifetime(borrow self)
        borrowing get {
            // SAFETY: start..<end is initialized and the span cannot outlive the borrow of self.
            let view = Span(_unsafeStart: UnsafePointer(storage + start), count: end - start)
            return _overrideLifetime(view, borrowing: self)
        }
    }

    /// Makes room for `additional` bytes behind the contents.
    @inlinable package mutating func reserve(_ additional: Int) {
        if capacity - end < additional { grow(additional) }
    }

    /// Makes room for `additional` bytes behind the contents; false: there is no memory.
    ///
    /// The memory left after a success is enough for the small allocations that cannot fail.
    package mutating func tryReserve(_ additional: Int) -> Bool {
        if capacity - end >= additional { return true }
        guard tryGrow(additional), let rest = malloc(Self.headroom) else { return false }
        free(rest)
        return true
    }

    /// Bytes that have to be left when a large buffer has grown.
    private static let headroom = 8 << 20

    @usableFromInline mutating func grow(_ additional: Int) {
        if !tryGrow(additional) { Self.fail(end - start + additional) }
    }

    private mutating func tryGrow(_ additional: Int) -> Bool {
        let count = end - start
        if start > 0 {
            memmove(storage, storage + start, count)
            start = 0
            end = count
        }
        if capacity - count >= additional { return true }
        // Doubled, so that a byte is copied once on average; a large block the kernel moves
        // without a copy, realloc(3), mremap(2).
        let old = capacity > 0 ? storage : nil
        var wanted = max(count + additional, capacity * 2)
        var grown = Self.allocate(wanted, replacing: old)
        if grown == nil {
            wanted = count + additional
            grown = Self.allocate(wanted, replacing: old)
        }
        guard let grown else { return false }
        memset(grown + wanted, 0, Self.padding)
        storage = grown
        capacity = wanted
        return true
    }

    private static func allocate(
        _ capacity: Int, replacing old: UnsafeMutablePointer<UInt8>?
    ) -> UnsafeMutablePointer<UInt8>? {
        realloc(old, capacity + padding)?.assumingMemoryBound(to: UInt8.self)
    }

    private static func fail(_ capacity: Int) -> Never {
        fatalError("there is no memory for a buffer of \(capacity) bytes")
    }

    /// Appends the bytes of `source`.
    @inlinable package mutating func append(_ source: Span<UInt8>) {
        let count = source.count
        if count == 0 { return }
        reserve(count)
        source.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return }
            _ = memcpy(storage + end, base, count)
        }
        end += count
    }

    /// Appends the contents of another buffer.
    ///
    /// The buffer is borrowed whole, because a span of a property counts as an access to its owner.
    package mutating func append(_ source: borrowing ByteBuffer) { append(source.span) }

    /// Appends one byte.
    @inlinable package mutating func append(_ byte: UInt8) {
        reserve(1)
        storage[end] = byte
        end += 1
    }

    /// Appends the bytes of a literal.
    @inlinable package mutating func append(_ literal: StaticString) {
        let count = literal.utf8CodeUnitCount
        reserve(count)
        memcpy(storage + end, literal.utf8Start, count)
        end += count
    }

    /// Appends `value` in decimal digits.
    package mutating func append(decimal value: Int) {
        reserve(20)
        if value < 0 { append(UInt8(ascii: "-")) }
        var magnitude = value.magnitude
        let first = end
        repeat {
            storage[end] = UInt8(ascii: "0") + UInt8(magnitude % 10)
            end += 1
            magnitude /= 10
        } while magnitude > 0
        var low = first
        var high = end - 1
        while low < high {
            swap(&storage[low], &storage[high])
            low += 1
            high -= 1
        }
    }

    /// Appends the UTF-8 of `string`; allocates nothing for native strings.
    package mutating func append(string: String) {
        var string = string
        string.withUTF8 { bytes in append(bytes.span) }
    }

    /// Lets `body` write up to `capacity` bytes behind the contents; it returns how many it wrote.
    @inlinable package mutating func appendUninitialized<E: Error>(
        capacity: Int, _ body: (UnsafeMutableRawBufferPointer) throws(E) -> Int
    ) throws(E) {
        reserve(capacity)
        let room = UnsafeMutableRawBufferPointer(start: storage + end, count: capacity)
        let written = try body(room)
        precondition(written >= 0 && written <= capacity)
        end += written
    }

    /// Drops `count` bytes from the front.
    @inlinable package mutating func removeFirst(_ count: Int) {
        precondition(count <= end - start)
        start += count
        if start == end {
            start = 0
            end = 0
        }
    }

    /// Cuts the contents to their first `count` bytes.
    @inlinable package mutating func truncate(to count: Int) {
        precondition(count >= 0 && count <= end - start)
        end = start + count
    }

    /// Drops the contents, and the storage too if it has more than `byteCount` bytes.
    package mutating func clear(keeping byteCount: Int) {
        if capacity > byteCount { self = ByteBuffer() } else { removeAll() }
    }

    /// Drops the contents and keeps the storage.
    @inlinable package mutating func removeAll() {
        start = 0
        end = 0
    }
}

extension String {
    /// The contents of `buffer`; ill-formed UTF-8 becomes U+FFFD.
    package init(_ buffer: borrowing ByteBuffer) {
        self = buffer.span.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}
