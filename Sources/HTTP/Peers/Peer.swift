// SPDX-License-Identifier: Apache-2.0

import OpenSSL

/// The other end of a connection, as far as it is known.
package struct Peer: Sendable {
    // SAFETY: the connection's TLS session owns it, and a peer is passed on only while the
    // connection is open. An unowned reference costs nothing where there is none, as on all
    // connections without TLS.
    /// The identity in its certificate, if it had to present one.
    package unowned(unsafe) var identity: PeerIdentity?
    package var address = PeerName()
    /// The role of the listener that accepted the connection.
    package var role = ListenerRole()

    package init(role: ListenerRole = ListenerRole()) { self.role = role }
}

/// What a listener serves.
package struct ListenerRole: Sendable, Equatable {
    /// Only requests for operators, and no records.
    package var isAdmin = false
    /// Only TLS.
    package var isSecure = false

    package init(isAdmin: Bool = false, isSecure: Bool = false) {
        self.isAdmin = isAdmin
        self.isSecure = isSecure
    }
}
