import OpenSSL

/// Who is at the other end of a connection, as far as it is known.
package struct Peer: Sendable {
    // SAFETY: the connection's TLS session has it, and a peer is passed on only while the
    // connection is there. So whoever has none, as all do without TLS, pays nothing for it.
    /// Whom its certificate shows it to be, if it had to show one.
    package unowned(unsafe) var identity: PeerIdentity?
    package var address = PeerName()
    /// What the listener is for through which it has come.
    package var role = ListenerRole()

    package init(role: ListenerRole = ListenerRole()) { self.role = role }
}

/// What is served on a listener.
package struct ListenerRole: Sendable, Equatable {
    /// Only what an operator asks for, and no records.
    package var isAdmin = false

    package init(isAdmin: Bool = false) { self.isAdmin = isAdmin }
}
