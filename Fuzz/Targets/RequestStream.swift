// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Protocols

/// A request as it was read from a connection.
struct ReadRequest: Equatable {
    var head: RequestHead
    var headBytes: [UInt8]
    /// The body as received, including chunk framing.
    var wire: [UInt8] = []
    var body: [UInt8] = []
}

/// Reads a connection's bytes as the server does, without its sockets: request after request.
struct RequestStream: ~Copyable {
    private enum Phase { case head, body, chunked }

    private let limits: Limits
    private var parser: RequestParser
    private var chunks: ChunkedDecoder
    private var assembled = ByteBuffer()
    private var phase = Phase.head
    private var waiting: [UInt8] = []
    private var current: ReadRequest?

    private(set) var requests: [ReadRequest] = []
    private(set) var error: RequestError?
    private(set) var consumedByteCount = 0

    init(limits: Limits) {
        self.limits = limits
        parser = RequestParser(limits: limits)
        chunks = ChunkedDecoder(limits: limits)
    }

    /// Whether reading has ended: after an error, or after the last request.
    var hasEnded: Bool { error != nil || requests.last?.head.keepAlive == false }

    /// The part of an incomplete chunked body that has arrived.
    var unfinishedBody: [UInt8] { phase == .chunked ? assembled.copy : [] }

    /// Reads the requests that are complete with `piece`.
    mutating func receive(_ piece: ArraySlice<UInt8>) throws(Violation) {
        waiting += piece
        do throws(ReadingError) {
            while !hasEnded, try step() {}
        } catch {
            switch error {
            case .refused(let refusal): self.error = refusal
            case .violated(let violation): throw violation
            }
        }
    }

    private enum ReadingError: Error {
        case refused(RequestError)
        case violated(Violation)
    }

    /// Advances by one part of a request; false if that needs more bytes.
    private mutating func step() throws(ReadingError) -> Bool {
        switch phase {
        case .head: try readHead()
        case .body: readBody()
        case .chunked: try readChunks()
        }
    }

    private mutating func readHead() throws(ReadingError) -> Bool {
        if waiting.isEmpty { return false }
        let head: RequestHead?
        do throws(RequestError) {
            head = try withExactCopy(of: waiting[...]) { bytes throws(RequestError) in
                try parser.parse(bytes, .service)
            }
        } catch {
            throw .refused(error)
        }
        guard let head else { return false }
        guard head.byteCount > 0, head.byteCount <= waiting.count else {
            throw .violated(Violation("a head of \(head.byteCount) out of \(waiting.count)"))
        }
        current = ReadRequest(head: head, headBytes: consume(head.byteCount))
        switch head.framing {
        case .none, .length: phase = .body
        case .chunked:
            phase = .chunked
            chunks = ChunkedDecoder(limits: limits)
            assembled.removeAll()
        }
        return true
    }

    private mutating func readBody() -> Bool {
        var byteCount = 0
        if case .length(let length)? = current?.head.framing { byteCount = length }
        guard waiting.count >= byteCount else { return false }
        let body = consume(byteCount)
        current?.wire = body
        current?.body = body
        finish()
        return true
    }

    private mutating func readChunks() throws(ReadingError) -> Bool {
        if waiting.isEmpty { return false }
        let count: Int
        do throws(RequestError) {
            count = try withExactCopy(of: waiting[...]) { bytes throws(RequestError) in
                try chunks.decode(bytes, into: &assembled, limit: limits.bodyByteCount)
            }
        } catch {
            throw .refused(error)
        }
        guard count <= waiting.count, assembled.count <= limits.bodyByteCount else {
            throw .violated(Violation("\(count) taken, \(assembled.count) assembled"))
        }
        let taken = consume(count)
        current?.wire += taken
        guard chunks.isFinished else {
            if waiting.isEmpty { return false }
            throw .violated(Violation("the decoder left bytes of an unfinished body"))
        }
        current?.body = assembled.copy
        finish()
        return true
    }

    private mutating func finish() {
        if let current { requests.append(current) }
        current = nil
        phase = .head
    }

    private mutating func consume(_ count: Int) -> [UInt8] {
        defer { waiting.removeFirst(count) }
        consumedByteCount += count
        return Array(waiting[..<count])
    }
}

extension ByteBuffer {
    var copy: [UInt8] { span.withUnsafeBufferPointer { Array($0) } }
}
