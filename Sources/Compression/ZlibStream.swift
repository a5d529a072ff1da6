// SPDX-License-Identifier: Apache-2.0

import CZlib

/// zlib's account of where the next bytes are read and written.
///
/// zlib's own state holds a pointer back to it, so it must not move.
struct ZlibStream: ~Copyable {
    // SAFETY: allocated for the life of self, and one thread at a time uses it.
    let pointer: UnsafeMutablePointer<z_stream>

    init() {
        pointer = .allocate(capacity: 1)
        pointer.initialize(to: z_stream())
    }

    deinit { pointer.deallocate() }

    /// The size by which zlib knows that both sides mean the same structure.
    static var byteCount: Int32 { Int32(MemoryLayout<z_stream>.size) }

    /// How many of the bytes fed last have not been read.
    var unreadByteCount: Int { Int(pointer.pointee.avail_in) }

    func feed(_ input: UnsafeRawBufferPointer) {
        // zlib only reads through next_in.
        pointer.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        pointer.pointee.avail_in = UInt32(input.count)
    }

    /// Runs `step`, which may fill `output`, and returns its status and how many bytes it wrote.
    @inline(__always)
    func run(
        into output: UnsafeMutableRawBufferPointer,
        _ step: (UnsafeMutablePointer<z_stream>) -> Int32
    ) -> (status: Int32, byteCount: Int) {
        pointer.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        pointer.pointee.avail_out = UInt32(output.count)
        let status = step(pointer)
        return (status, output.count - Int(pointer.pointee.avail_out))
    }
}
