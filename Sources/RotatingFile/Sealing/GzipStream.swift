import CZlib
import Linux

/// zlib's deflate or inflate with the gzip format of RFC 1952, a step at a time.
struct GzipStream: ~Copyable {
    enum Mode: Equatable {
        case compress(level: Int32)
        case decompress
    }

    /// zlib keeps a pointer from its own state back to this one, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private let mode: Mode

    init(_ mode: Mode) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        self.mode = mode
        let windowBits = MAX_WBITS + 16  // + 16: with gzip's header and trailer
        let size = Int32(MemoryLayout<z_stream>.size)
        let status =
            switch mode {
            case .compress(let level):
                deflateInit2_(
                    stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size
                )
            case .decompress: inflateInit2_(stream, windowBits, ZLIB_VERSION, size)
            }
        // Only memory or a library of another version can be at fault.
        precondition(status == Z_OK, "zlib cannot start: \(status)")
    }

    deinit {
        switch mode {
        case .compress: deflateEnd(stream)
        case .decompress: inflateEnd(stream)
        }
        stream.deallocate()
    }

    /// Gives the stream bytes to work on; they must stay until the next call.
    func feed(_ input: UnsafeRawBufferPointer) {
        stream.pointee.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.pointee.avail_in = UInt32(input.count)
    }

    var needsInput: Bool { stream.pointee.avail_in == 0 }

    /// How many of the bytes fed last have not been used, as those behind the end of the stream.
    var unusedByteCount: Int { Int(stream.pointee.avail_in) }

    /// What zlib says is wrong, after `run` has returned nil.
    var fault: String { stream.pointee.msg.map { String(cString: $0) } ?? "no gzip data" }

    /// Writes into `output` and returns how many bytes, and whether the stream has ended.
    ///
    /// Nil says that the input is no gzip or damaged.
    func run(
        into output: UnsafeMutableRawBufferPointer, isLast: Bool
    ) -> (byteCount: Int, isFinished: Bool)? {
        stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        stream.pointee.avail_out = UInt32(output.count)
        let status =
            switch mode {
            case .compress: deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
            case .decompress: inflate(stream, Z_NO_FLUSH)
            }
        let byteCount = output.count - Int(stream.pointee.avail_out)
        switch status {
        case Z_STREAM_END: return (byteCount, true)
        case Z_OK, Z_BUF_ERROR: return (byteCount, false)
        default: return nil
        }
    }
}
