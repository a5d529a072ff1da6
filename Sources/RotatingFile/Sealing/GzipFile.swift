// SPDX-License-Identifier: Apache-2.0

import Compression
import Glibc
import Linux
import SystemPackage

/// Compressing a file, and proving that the compressed file can be read back.
enum GzipFile {
    /// Bytes read, compressed or compared at a time.
    static let chunkByteCount = 1 << 18

    /// Why there is no compressed file.
    enum Failure: Error, Equatable {
        case system(Errno)
        /// Reading it back did not give the same bytes.
        case unverified
        /// It was asked to stop.
        case stopped
    }

    /// Compresses `source` from its beginning into `target`; returns the bytes written.
    static func compress(
        _ source: borrowing Descriptor, into target: borrowing Descriptor, level: Int32,
        shouldStop: () -> Bool
    ) throws(Failure) -> Int64 {
        let gzip = Deflater(.gzip, level: level)
        let input = Chunk()
        let output = Chunk()
        var written: Int64 = 0
        while true {
            if shouldStop() { throw .stopped }
            let count = try catching { () throws(Errno) in try source.read(into: input.bytes) ?? 0 }
            gzip.feed(UnsafeRawBufferPointer(rebasing: input.bytes[..<count]))
            var isFinished = false
            repeat {
                guard let made = gzip.run(into: output.bytes, isLast: count == 0) else {
                    throw .unverified
                }
                try catching { () throws(Errno) in try target.writeAll(output.span(made.byteCount))
                }
                written += Int64(made.byteCount)
                isFinished = made.isFinished
                if made.byteCount < output.bytes.count { break }
            } while !isFinished
            if isFinished { return written }
        }
    }

    /// Whether `compressed` is whole and decompresses to exactly the bytes of `plain`.
    ///
    /// zlib checks the CRC and length of the trailer; the comparison is byte by byte besides.
    static func isSame(
        _ compressed: borrowing Descriptor, as plain: borrowing Descriptor,
        shouldStop: () -> Bool
    ) throws(Failure) -> Bool {
        let gzip = Inflater(.gzip)
        let input = Chunk()
        let output = Chunk()
        let expected = Chunk()
        var isFinished = false
        while !isFinished {
            if shouldStop() { throw .stopped }
            if gzip.needsInput {
                let count = try catching { () throws(Errno) in
                    try compressed.read(into: input.bytes) ?? 0
                }
                if count == 0 { return false }
                gzip.feed(UnsafeRawBufferPointer(rebasing: input.bytes[..<count]))
            }
            let made = gzip.run(into: output.bytes)
            guard made.outcome == .ended || made.outcome == .goesOn else { return false }
            isFinished = made.outcome == .ended
            guard try read(plain, made.byteCount, into: expected),
                memcmp(expected.base, output.base, made.byteCount) == 0
            else { return false }
        }
        // Both must end here: one more byte of either is a difference.
        if !gzip.needsInput { return false }
        return try catching { () throws(Errno) in
            let plainRest = try plain.read(into: expected.bytes)
            let compressedRest = try compressed.read(into: input.bytes)
            return plainRest == 0 && compressedRest == 0
        }
    }

    private static func read(
        _ source: borrowing Descriptor, _ count: Int, into chunk: borrowing Chunk
    ) throws(Failure) -> Bool {
        var done = 0
        while done < count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: chunk.bytes[done..<count])
            let more = try catching { () throws(Errno) in try source.read(into: rest) ?? 0 }
            if more == 0 { return false }
            done += more
        }
        return true
    }

    private static func catching<R>(_ body: () throws(Errno) -> R) throws(Failure) -> R {
        do { return try body() } catch { throw .system(error) }
    }
}

/// A fixed buffer on the heap.
private struct Chunk: ~Copyable {
    let bytes = UnsafeMutableRawBufferPointer.allocate(
        byteCount: GzipFile.chunkByteCount, alignment: 16)

    var base: UnsafeMutableRawPointer {
        // SAFETY: an allocation of more than zero bytes has an address.
        bytes.baseAddress.unsafelyUnwrapped
    }

    @_lifetime(borrow self)
    func span(_ count: Int) -> Span<UInt8> {
        // SAFETY: allocated for the life of self, and zlib has written `count` bytes.
        let view = Span<UInt8>(
            _unsafeStart: UnsafePointer(base.assumingMemoryBound(to: UInt8.self)), count: count)
        return _overrideLifetime(view, borrowing: self)
    }

    deinit { bytes.deallocate() }
}
