// SPDX-License-Identifier: Apache-2.0

/// How a server speaks TLS.
package struct TLSOptions: Sendable, Equatable {
    /// A certificate with its chain behind it, and where its key is.
    package struct Identity: Sendable, Equatable {
        package var certificate: String
        package var key: String

        package init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    package enum Version: Sendable { case tls12, tls13 }

    /// Whether clients show a certificate.
    package enum ClientAuthentication: UInt8, Sendable {
        case none
        /// A client that shows one must show a good one.
        case optional
        case required
    }

    /// The first is for clients that ask for no name, or for a name that no certificate has.
    package var identities: [Identity]
    package var minimumVersion = Version.tls12
    package var clientAuthentication = ClientAuthentication.none
    /// The certificates that clients' are signed by.
    package var clientAuthorities: String?

    package init(identities: [Identity]) { self.identities = identities }
}

/// The keys that encrypt the sessions that clients keep for a later connection (RFC 5077; RFC 8446,
/// 4.6.1): every process that has them can resume the sessions.
package struct TicketKeys: Sendable {
    let bytes: [UInt8]
    /// Seconds since 1970.
    package let madeAt: Int64

    /// Nil where there is no entropy.
    package init?(now: Int64) {
        // A name of 16 bytes and two keys of 32, SSL_CTX_set_tlsext_ticket_keys(3).
        guard let bytes = SecretBytes.make(80) else { return nil }
        self.bytes = bytes
        madeAt = now
    }
}
