// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// Which certificates of clients are good.
struct ClientRules {
    private let mode: Int32
    private let authorities: [Certificate]
    private let path: String
    private let identity: [UInt8]

    init(_ options: TLSOptions) throws(TLSError) {
        mode =
            switch options.clientAuthentication {
            case .none: SSL_VERIFY_NONE
            case .optional: SSL_VERIFY_PEER
            case .required: SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
            }
        path = options.clientAuthorities ?? ""
        let isAsking = options.clientAuthentication != .none
        authorities = isAsking ? try PEMFile.certificates(in: path) : []
        // Sessions that were begun by other rules are not resumed, because these rules might reject
        // their clients. SSL_CTX_set_session_id_context(3)
        let rules = [options.clientAuthentication.rawValue] + authorities.flatMap(\.fingerprint)
        guard let digest = SHA256()?.digest(of: rules.span) else { throw .taken() }
        identity = digest.indices.map { digest[$0] }
    }

    func apply(to context: OpaquePointer) throws(TLSError) {
        let count = min(identity.count, Int(SSL_MAX_SID_CTX_LENGTH))
        guard SSL_CTX_set_session_id_context(context, identity, UInt32(count)) == 1 else {
            throw .taken()
        }
        SSL_CTX_set_verify(context, mode, nil)
        guard !authorities.isEmpty, let store = SSL_CTX_get_cert_store(context) else { return }
        // A certificate that the operator names is trusted, whoever has signed it in turn.
        X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        for authority in authorities {
            guard X509_STORE_add_cert(store, authority.pointer) == 1,
                SSL_CTX_add_client_CA(context, authority.pointer) == 1
            else { throw .taken(path) }
        }
    }
}
