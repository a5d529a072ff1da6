// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// Certificates, keys and rules, from which every connection's session is made.
///
/// It is made before processes are forked; all that they share of it is only read.
package final class TLSContext {
    // SAFETY: freed once, in `deinit`. Each session refers to this object, so neither the contexts
    // nor the argument of the callback, which is this object, go before the sessions do.
    /// One for each certificate; new sessions begin with the first.
    private let contexts: [OpaquePointer]
    private let names: ServerNames
    package let certificates: [CertificateFacts]

    var first: OpaquePointer { contexts[0] }

    /// Loads the files that `options` name.
    ///
    /// The private keys are read here: by a process that may.
    package init(_ options: TLSOptions, _ tickets: TicketKeys) throws(TLSError) {
        var names = ServerNames()
        var facts: [CertificateFacts] = []
        var contexts: [OpaquePointer] = []
        let clients = try ClientRules(options)
        do throws(TLSError) {
            for (index, identity) in options.identities.enumerated() {
                guard let context = SSL_CTX_new(TLS_server_method()) else { throw .taken() }
                contexts.append(context)
                try Self.setRules(of: context, options, tickets)
                try clients.apply(to: context)
                let certificate = try Self.load(identity, into: context)
                let fact = CertificateFacts(certificate, in: identity.certificate)
                names.add(fact.names, for: index)
                facts.append(fact)
            }
            guard !contexts.isEmpty else { throw .failed("there is no certificate") }
        } catch {
            for context in contexts { SSL_CTX_free(context) }
            throw error
        }
        self.contexts = contexts
        self.names = names
        certificates = facts
        copenssl_set_server_name_callback(
            contexts[0], chooseCertificate, Unmanaged.passUnretained(self).toOpaque())
    }

    deinit { for context in contexts { SSL_CTX_free(context) } }

    /// Nil: the first will do.
    fileprivate func context(for name: String) -> OpaquePointer? {
        names.certificate(for: name).map { contexts[$0] }
    }

    private static func setRules(
        of context: OpaquePointer, _ options: TLSOptions, _ tickets: TicketKeys
    ) throws(TLSError) {
        let version =
            switch options.minimumVersion {
            case .tls12: TLS1_2_VERSION
            case .tls13: TLS1_3_VERSION
            }
        var keys = tickets.bytes
        guard copenssl_set_minimum_version(context, version) == 1,
            SSL_CTX_set_cipher_list(context, cipherList) == 1,
            copenssl_set_ticket_keys(context, &keys, Int32(keys.count)) == 1
        else { throw .taken() }
        SSL_CTX_set_options(context, copenssl_server_options())
        // An answer is sent from where it lies, in as many records as the socket takes, and an idle
        // connection has no buffers.
        copenssl_set_mode(
            context,
            Int(
                SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                    | SSL_MODE_RELEASE_BUFFERS))
        // A peer that sends nothing but key updates is read in turn with the others.
        copenssl_clear_mode(context, Int(SSL_MODE_AUTO_RETRY))
        copenssl_read_ahead(context)
        // Sessions are kept by the clients, in tickets: any process can resume them.
        copenssl_keep_no_sessions(context)
        SSL_CTX_set_timeout(context, sessionSeconds)
        SSL_CTX_set_alpn_select_cb(context, chooseProtocol, nil)
    }

    private static func load(
        _ identity: TLSOptions.Identity, into context: OpaquePointer
    ) throws(TLSError) -> Certificate {
        let chain = try PEMFile.certificates(in: identity.certificate)
        let key = try PEMFile.privateKey(in: identity.key)
        guard X509_check_private_key(chain[0].pointer, key.pointer) == 1 else {
            ErrorQueue.clear()
            throw .keyMismatch(certificate: identity.certificate, key: identity.key)
        }
        guard SSL_CTX_use_certificate(context, chain[0].pointer) == 1 else {
            throw .taken(identity.certificate)
        }
        guard SSL_CTX_use_PrivateKey(context, key.pointer) == 1 else {
            throw .taken(identity.key)
        }
        for certificate in chain.dropFirst() {
            guard copenssl_add_chain_certificate(context, certificate.pointer) == 1 else {
                throw .taken(identity.certificate)
            }
        }
        return chain[0]
    }

    /// For TLS 1.2: forward secrecy and authenticated encryption alone (RFC 9325, 4.2).
    ///
    /// TLS 1.3 has nothing else.
    private static let cipherList = "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL"

    /// How long a session can be resumed.
    private static let sessionSeconds = 3600
}

/// Called by OpenSSL when a client has named the server that it wants to speak to.
private func chooseCertificate(
    _ session: OpaquePointer?, _ alert: UnsafeMutablePointer<Int32>?,
    _ argument: UnsafeMutableRawPointer?
) -> Int32 {
    guard let session, let argument,
        let name = SSL_get_servername(session, TLSEXT_NAMETYPE_host_name)
    else { return SSL_TLSEXT_ERR_NOACK }
    let owner = Unmanaged<TLSContext>.fromOpaque(argument).takeUnretainedValue()
    guard let context = owner.context(for: String(cString: name)) else {
        return SSL_TLSEXT_ERR_NOACK
    }
    SSL_set_SSL_CTX(session, context)
    return SSL_TLSEXT_ERR_OK
}

/// Called by OpenSSL when a client has said which protocols it can speak (RFC 7301): HTTP/1.1, or
/// the handshake ends with the alert `no_application_protocol`.
private func chooseProtocol(
    _ session: OpaquePointer?, _ chosen: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ chosenByteCount: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?,
    _ offeredByteCount: UInt32, _ argument: UnsafeMutableRawPointer?
) -> Int32 {
    let list = UnsafeBufferPointer(start: offered, count: Int(offeredByteCount))
    var start = 0
    while start < list.count {
        let end = start + 1 + Int(list[start])
        guard end <= list.count else { break }
        if list[(start + 1)..<end].elementsEqual("http/1.1".utf8) {
            chosen?.pointee = offered.map { $0 + start + 1 }
            chosenByteCount?.pointee = list[start]
            return SSL_TLSEXT_ERR_OK
        }
        start = end
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL
}
