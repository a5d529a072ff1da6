import Bytes
import CZlib

/// Undoes a content coding, into memory that is used again for the next body.
struct ContentDecoder: ~Copyable {
    private static let gzipWindowBits: Int32 = 15 + 16
    private static let zlibWindowBits: Int32 = 15
    private static let rawWindowBits: Int32 = -15
    private static let firstRoom = 64 << 10

    /// What the last body was decoded to; empty when that failed.
    private(set) var output = ByteBuffer()

    // zlib's state points back at the stream, which must therefore stay where it is.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isInitialized = false

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
    }

    deinit {
        if isInitialized { inflateEnd(stream) }
        stream.deallocate()
    }

    /// Decodes `body`, which must not yield more than `limit` bytes.
    ///
    /// A gzip body may have several members (RFC 1952, section 2.2). `deflate` is the zlib format
    /// (RFC 9110, section 8.4.1.2), but some send it without the wrapper, and that is taken too.
    mutating func decode(
        _ body: Span<UInt8>, gzip: Bool, limit: Int
    ) throws(IngestError) {
        guard !body.isEmpty else { throw .emptyBody }
        guard let count = UInt32(exactly: body.count) else { throw .decodedTooLarge(limit: limit) }
        output.removeAll()
        try reset(windowBits: gzip ? Self.gzipWindowBits : Self.deflateWindowBits(body))
        do throws(IngestError) {
            try body.withUnsafeBufferPointer { bytes throws(IngestError) in
                // SAFETY: zlib only reads through next_in, and only until inflate returns.
                stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
                stream.pointee.avail_in = count
                try inflateAll(gzip: gzip, limit: limit)
            }
        } catch {
            output.removeAll()
            throw error
        }
    }

    /// Gives back what is more than `byteCount` bytes of memory.
    mutating func shrink(to byteCount: Int) {
        if output.capacity > byteCount { output = ByteBuffer() }
    }

    private mutating func inflateAll(gzip: Bool, limit: Int) throws(IngestError) {
        while true {
            let room = min(max(Self.firstRoom, output.count), limit - output.count)
            switch step(room: room) {
            case Z_STREAM_END:
                if stream.pointee.avail_in == 0 { return }
                guard gzip, beginsMember, inflateReset(stream) == Z_OK else {
                    throw .corruptCompression
                }
            case Z_OK:
                if stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 {
                    throw .truncatedCompression
                }
            case Z_BUF_ERROR:
                // At the limit there is no room; anywhere else it is the input that has run out.
                if room == 0 { throw .decodedTooLarge(limit: limit) }
                throw .truncatedCompression
            case Z_MEM_ERROR: throw .outOfMemory
            default: throw .corruptCompression
            }
        }
    }

    private mutating func step(room: Int) -> Int32 {
        var status = Z_OK
        output.appendUninitialized(capacity: room) { free in
            stream.pointee.next_out = free.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(room)
            status = inflate(stream, Z_NO_FLUSH)
            return room - Int(stream.pointee.avail_out)
        }
        return status
    }

    private mutating func reset(windowBits: Int32) throws(IngestError) {
        if isInitialized {
            guard inflateReset2(stream, windowBits) == Z_OK else { throw .outOfMemory }
            return
        }
        let size = Int32(MemoryLayout<z_stream>.size)
        guard inflateInit2_(stream, windowBits, ZLIB_VERSION, size) == Z_OK else {
            throw .outOfMemory
        }
        isInitialized = true
    }

    /// Whether another gzip member follows.
    private var beginsMember: Bool {
        guard stream.pointee.avail_in >= 2, let next = stream.pointee.next_in else { return false }
        return next[0] == 0x1F && next[1] == 0x8B
    }

    /// Whether the header of RFC 1950, section 2.2, is there.
    private static func deflateWindowBits(_ body: Span<UInt8>) -> Int32 {
        guard body.count >= 2 else { return zlibWindowBits }
        let header = UInt16(body[0]) << 8 | UInt16(body[1])
        return body[0] & 0x0F == 8 && header % 31 == 0 ? zlibWindowBits : rawWindowBits
    }
}
