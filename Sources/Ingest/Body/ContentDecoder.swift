import Bytes
import CZlib
import Linux

/// Undoes a content coding, into memory that is used again for the next body.
struct ContentDecoder: ~Copyable {
    private static let gzipWindowBits: Int32 = 15 + 16
    private static let zlibWindowBits: Int32 = 15
    private static let rawWindowBits: Int32 = -15
    // What one step reads and writes at most: about a millisecond's work.
    private static let inputStep = 64 << 10
    private static let outputStep = 256 << 10

    /// What the body was decoded to; empty when that failed.
    private(set) var output = ByteBuffer()

    // zlib's state points back at the stream, which must therefore stay where it is.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isInitialized = false
    private var isGzip = false
    /// Whether nothing at the beginning says that the body is compressed.
    private var isBare = false
    private var limit = 0
    /// Bytes of the body that zlib has read.
    private var consumed = 0

    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
    }

    deinit {
        if isInitialized { inflateEnd(stream) }
        stream.deallocate()
    }

    /// Begins a body, which must not yield more than `limit` bytes.
    ///
    /// A gzip body may have several members (RFC 1952, section 2.2). `deflate` is the zlib format
    /// (RFC 9110, section 8.4.1.2), but some send it without the wrapper, and that is taken too.
    mutating func begin(
        _ body: Span<UInt8>, gzip: Bool, limit: Int
    ) throws(IngestError) {
        guard !body.isEmpty else { throw .emptyBody }
        output.removeAll()
        isGzip = gzip
        self.limit = limit
        consumed = 0
        let windowBits = gzip ? Self.gzipWindowBits : Self.deflateWindowBits(body)
        isBare = windowBits == Self.rawWindowBits
        if gzip, body[0] != 0x1F || body.count > 1 && body[1] != 0x8B { throw .notCompressed }
        try reset(windowBits: windowBits)
    }

    /// Decodes on until `deadline` has passed; `body` is the one that `begin` was given.
    ///
    /// - Returns: Whether all is decoded.
    mutating func proceed(
        _ body: Span<UInt8>, until deadline: Int64
    ) throws(IngestError) -> Bool {
        do throws(IngestError) {
            repeat {
                if try step(body) { return true }
            } while deadline == .max || Clock.monotonicNanoseconds() < deadline
            return false
        } catch {
            output.removeAll()
            throw error
        }
    }

    /// Gives back what is more than `byteCount` bytes of memory.
    mutating func shrink(to byteCount: Int) {
        if output.capacity > byteCount { output = ByteBuffer() }
    }

    /// Decodes one piece; true when it was the last.
    private mutating func step(_ body: Span<UInt8>) throws(IngestError) -> Bool {
        let room = min(Self.outputStep, limit - output.count)
        let given = min(Self.inputStep, body.count - consumed)
        // Doubled, so that a large body is not copied with every step.
        if output.capacity < output.count + room {
            let wanted = max(room, min(output.count, limit - output.count))
            guard output.tryReserve(wanted) else { throw .outOfMemory }
        }
        let (status, taken, made) = inflate(body, given: given, room: room)
        consumed += taken
        switch status {
        case Z_STREAM_END:
            if consumed == body.count || isGzip && isPadding(body) { return true }
            guard isGzip, beginsMember(body), inflateReset(stream) == Z_OK else {
                throw .corruptCompression
            }
        case Z_OK, Z_BUF_ERROR:
            if taken > 0 && consumed < body.count || made > 0 && made == room { break }
            // At the limit there is no room; anywhere else it is the input that has run out.
            if room == 0 && taken == 0 { throw .decodedTooLarge(limit: limit) }
            if consumed == body.count && room > 0 { throw truncation(of: body) }
        case Z_MEM_ERROR: throw .outOfMemory
        default: throw isBare ? .notCompressed : .corruptCompression
        }
        return false
    }

    /// Text seems to be bare deflate that ends too early.
    private func truncation(of body: Span<UInt8>) -> IngestError {
        isBare && body.count > 4 && body.isUTF8 ? .notCompressed : .truncatedCompression
    }

    /// Lets zlib read `given` bytes behind what it has consumed, and write at most `room` bytes.
    private mutating func inflate(
        _ body: Span<UInt8>, given: Int, room: Int
    ) -> (status: Int32, taken: Int, made: Int) {
        var status = Z_OK
        let before = output.count
        body.withUnsafeBufferPointer { bytes in
            // SAFETY: zlib only reads through next_in, and only until inflate returns.
            let start = bytes.baseAddress.map { UnsafeMutablePointer(mutating: $0 + consumed) }
            stream.pointee.next_in = start
            stream.pointee.avail_in = UInt32(given)
            output.appendUninitialized(capacity: room) { free in
                stream.pointee.next_out = free.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.pointee.avail_out = UInt32(room)
                status = CZlib.inflate(stream, Z_NO_FLUSH)
                return room - Int(stream.pointee.avail_out)
            }
        }
        return (status, given - Int(stream.pointee.avail_in), output.count - before)
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

    /// Whether nothing but zeros follows: gzip(1) takes them for padding to a tape's block.
    private func isPadding(_ body: Span<UInt8>) -> Bool {
        for index in consumed..<body.count where body[index] != 0 { return false }
        return true
    }

    /// Whether another gzip member follows.
    private func beginsMember(_ body: Span<UInt8>) -> Bool {
        body.count - consumed >= 2 && body[consumed] == 0x1F && body[consumed + 1] == 0x8B
    }

    /// Whether the header of RFC 1950, section 2.2, is there.
    private static func deflateWindowBits(_ body: Span<UInt8>) -> Int32 {
        guard body.count >= 2 else { return zlibWindowBits }
        let header = UInt16(body[0]) << 8 | UInt16(body[1])
        return body[0] & 0x0F == 8 && header % 31 == 0 ? zlibWindowBits : rawWindowBits
    }
}
