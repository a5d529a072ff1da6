// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// The result of an attempt to read or write.
package enum TLSTransfer: Equatable, Sendable {
    case bytes(Int)
    /// Try again when the socket is readable, or writable: a read may want to write, and the reverse.
    case wantsReading, wantsWriting
    /// The peer has closed, or sends something other than TLS.
    case closed
}

/// How far a handshake is.
package enum TLSHandshake: Equatable, Sendable {
    case done
    case wantsReading, wantsWriting
    case failed(TLSHandshakeFailure)
}

package enum TLSHandshakeFailure: Equatable, Sendable, CustomStringConvertible {
    /// HTTP without TLS; nothing has been sent.
    case plainRequest
    /// The peer has gone without a word.
    case abandoned
    /// The peer got an alert; the reason in a few words.
    case refused(String)

    package var description: String {
        switch self {
        case .plainRequest: "this is HTTP without TLS"
        case .abandoned: "the peer has closed the connection"
        case .refused(let why): why
        }
    }
}

/// A client's identity by a certificate that was verified.
package final class PeerIdentity: Sendable {
    /// As one line (RFC 4514).
    package let subject: String

    package init(subject: String) { self.subject = subject }
}

/// The server's end of a TLS connection, over a non-blocking socket that somebody else owns.
package struct TLSSession: ~Copyable {
    // SAFETY: freed once, in `deinit`; the context lives at least as long.
    private let session: OpaquePointer
    private let context: TLSContext
    private var isEstablished = false
    private var isBroken = false

    /// Whether more has been received than `receive` had room for; the socket does not tell.
    package private(set) var hasUnread = false
    /// Nil without a certificate.
    package private(set) var identity: PeerIdentity?

    /// Nil when there is no memory.
    package init?(_ context: TLSContext, on descriptor: Int32) {
        ErrorQueue.clear()
        guard let session = SSL_new(context.first) else { return nil }
        guard SSL_set_fd(session, descriptor) == 1 else {
            SSL_free(session)
            return nil
        }
        self.session = session
        self.context = context
        SSL_set_accept_state(session)
    }

    deinit { SSL_free(session) }

    /// Goes on with the handshake.
    package mutating func shakeHands() -> TLSHandshake {
        ErrorQueue.clear()
        let result = SSL_do_handshake(session)
        if result == 1 {
            isEstablished = true
            hasUnread = SSL_has_pending(session) == 1
            identity = verifiedIdentity()
            return .done
        }
        switch SSL_get_error(session, result) {
        case SSL_ERROR_WANT_READ: return .wantsReading
        case SSL_ERROR_WANT_WRITE: return .wantsWriting
        default:
            isBroken = true
            return .failed(failure())
        }
    }

    /// Whether the client has come back with a session of an earlier connection.
    package var isResumed: Bool { SSL_session_reused(session) == 1 }

    /// Reads the bytes that have come, as far as there is room.
    ///
    /// - Precondition: the handshake is done.
    package mutating func receive(into buffer: UnsafeMutableRawBufferPointer) -> TLSTransfer {
        hasUnread = false
        if isBroken { return .closed }
        var received = 0
        while received < buffer.count {
            var count = 0
            ErrorQueue.clear()
            let rest = buffer[received...]
            guard SSL_read_ex(session, rest.baseAddressOfSlice, rest.count, &count) == 1 else {
                return outcome(after: received)
            }
            received += count
            // A long record is mostly followed by another; after a short one, which was the last,
            // asking the kernel would be in vain.
            if SSL_has_pending(session) == 0, count < Self.longRecordByteCount {
                return .bytes(received)
            }
        }
        hasUnread = SSL_has_pending(session) == 1
        return .bytes(received)
    }

    /// Writes as much of `bytes` as the socket takes.
    ///
    /// The next write must begin with the bytes that the socket has not taken, SSL_write(3).
    ///
    /// - Precondition: the handshake is done.
    package mutating func send(_ bytes: Span<UInt8>) -> TLSTransfer {
        if isBroken { return .closed }
        return bytes.withUnsafeBytes { buffer in
            var sent = 0
            while sent < buffer.count {
                var count = 0
                ErrorQueue.clear()
                let rest = buffer[sent...]
                guard
                    SSL_write_ex(session, rest.baseAddressOfSlice, rest.count, &count) == 1
                else { return outcome(after: sent) }
                sent += count
            }
            return .bytes(sent)
        }
    }

    /// Tells the peer that nothing more will be sent (RFC 8446, 6.1), if it can be told at once.
    package mutating func sendCloseNotify() {
        guard isEstablished, !isBroken else { return }
        ErrorQueue.clear()
        _ = SSL_shutdown(session)
        ErrorQueue.clear()
    }

    /// The meaning of a call that failed after others had moved `byteCount` bytes.
    private mutating func outcome(after byteCount: Int) -> TLSTransfer {
        let error = SSL_get_error(session, 0)
        switch error {
        case SSL_ERROR_WANT_READ where byteCount == 0: return .wantsReading
        case SSL_ERROR_WANT_WRITE where byteCount == 0: return .wantsWriting
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: return .bytes(byteCount)
        default:
            // After these nothing may be called but SSL_free, SSL_get_error(3).
            if error != SSL_ERROR_ZERO_RETURN { isBroken = true }
            ErrorQueue.clear()
            // Bytes before the end count, and the end is met again.
            hasUnread = byteCount > 0
            return byteCount > 0 ? .bytes(byteCount) : .closed
        }
    }

    private func failure() -> TLSHandshakeFailure {
        let error = ErrorQueue.take()
        let verification = SSL_get_verify_result(session)
        if verification != X509_V_OK {
            let why = String(cString: X509_verify_cert_error_string(verification))
            return .refused("the client's certificate is refused: \(why)")
        }
        guard let error, error.library == ERR_LIB_SSL else { return .abandoned }
        switch error.reason {
        case SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST: return .plainRequest
        case SSL_R_UNEXPECTED_EOF_WHILE_READING: return .abandoned
        default: return .refused(error.text)
        }
    }

    private func verifiedIdentity() -> PeerIdentity? {
        guard SSL_get_verify_result(session) == X509_V_OK,
            let pointer = SSL_get1_peer_certificate(session)
        else { return nil }
        return PeerIdentity(subject: Certificate(owning: pointer).subject)
    }

    private static var longRecordByteCount: Int { 8 << 10 }
}

extension Slice where Base == UnsafeMutableRawBufferPointer {
    fileprivate var baseAddressOfSlice: UnsafeMutableRawPointer? {
        base.baseAddress.map { $0 + startIndex }
    }
}

extension Slice where Base == UnsafeRawBufferPointer {
    fileprivate var baseAddressOfSlice: UnsafeRawPointer? {
        base.baseAddress.map { $0 + startIndex }
    }
}
