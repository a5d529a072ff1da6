// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Glibc

/// The certificates that a client trusts.
package enum TLSTrust: Sendable, Equatable {
    /// The authorities that the machine believes.
    case system
    /// Those in a PEM file.
    case authorities(String)
    /// Any server.
    case anybody
}

/// Why a client does not speak to a server.
package enum TLSClientError: Error, Equatable {
    case file(TLSError)
    /// A few words.
    case refused(String)
    /// The socket's time limit has passed.
    case late
}

/// The client's end of a TLS connection, over a blocking socket that somebody else owns.
package struct TLSClient: ~Copyable {
    // SAFETY: each freed once, in `deinit`.
    private let context: OpaquePointer
    private let session: OpaquePointer

    private init(_ context: OpaquePointer, _ session: OpaquePointer) {
        self.context = context
        self.session = session
    }

    /// Shakes hands with `host`, a name or an address, at the other end of the socket.
    package static func connect(
        on descriptor: Int32, to host: String, trusting trust: TLSTrust
    ) throws(TLSClientError) -> TLSClient {
        ErrorQueue.clear()
        guard let context = SSL_CTX_new(TLS_client_method()) else { throw refusal() }
        guard let session = SSL_new(context) else {
            SSL_CTX_free(context)
            throw refusal()
        }
        let client = TLSClient(context, session)
        guard copenssl_set_minimum_version(context, TLS1_2_VERSION) == 1,
            SSL_set_fd(session, descriptor) == 1
        else { throw refusal() }
        try client.believe(trust, of: host)
        // A name alone is asked for, no address (RFC 6066, 3).
        if !isAddress(host), copenssl_set_host_name(session, host) != 1 { throw refusal() }
        guard SSL_connect(session) == 1 else { throw client.failure() }
        return client
    }

    deinit {
        SSL_free(session)
        SSL_CTX_free(context)
    }

    /// Writes all of `bytes`.
    package mutating func send(_ bytes: Span<UInt8>) throws(TLSClientError) {
        ErrorQueue.clear()
        var count = 0
        let isSent = bytes.withUnsafeBytes {
            SSL_write_ex(session, $0.baseAddress, $0.count, &count) == 1
        }
        guard isSent else { throw failure() }
    }

    /// Reads the bytes that have come, at least one; none at the end.
    package mutating func receive(
        into buffer: UnsafeMutableRawBufferPointer
    ) throws(TLSClientError) -> Int {
        ErrorQueue.clear()
        var count = 0
        if SSL_read_ex(session, buffer.baseAddress, buffer.count, &count) == 1 { return count }
        if SSL_get_error(session, 0) == SSL_ERROR_ZERO_RETURN { return 0 }
        throw failure()
    }

    private func believe(_ trust: TLSTrust, of host: String) throws(TLSClientError) {
        switch trust {
        case .anybody:
            SSL_set_verify(session, SSL_VERIFY_NONE, nil)
            return
        case .system:
            guard SSL_CTX_set_default_verify_paths(context) == 1 else { throw Self.refusal() }
        case .authorities(let path):
            do throws(TLSError) {
                for authority in try PEMFile.certificates(in: path) {
                    let store = SSL_CTX_get_cert_store(context)
                    guard X509_STORE_add_cert(store, authority.pointer) == 1 else {
                        throw .taken(path)
                    }
                }
            } catch {
                throw .file(error)
            }
        }
        SSL_set_verify(session, SSL_VERIFY_PEER, nil)
        guard SSL_set1_host(session, host) == 1 else { throw Self.refusal() }
    }

    private func failure() -> TLSClientError {
        let error = SSL_get_error(session, 0)
        // The socket blocks, so it wants to wait only where its time is over.
        if error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE { return .late }
        let verification = SSL_get_verify_result(session)
        if SSL_get_verify_mode(session) != SSL_VERIFY_NONE, verification != X509_V_OK {
            ErrorQueue.clear()
            return .refused(String(cString: X509_verify_cert_error_string(verification)))
        }
        return Self.refusal()
    }

    private static func refusal() -> TLSClientError {
        .refused(ErrorQueue.take()?.text ?? "the connection has ended")
    }

    private static func isAddress(_ host: String) -> Bool {
        var bytes = in6_addr()
        return inet_pton(AF_INET, host, &bytes) == 1 || inet_pton(AF_INET6, host, &bytes) == 1
    }
}
