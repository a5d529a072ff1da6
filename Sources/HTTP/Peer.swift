/// Who is at the other end of a connection, as far as it is known.
package struct Peer: Sendable {
    package var address = PeerName()
    /// What the listener is for through which it has come.
    package var role = ListenerRole()
}

/// What is served on a listener.
package struct ListenerRole: Sendable, Equatable {
    /// Only what an operator asks for, and no records.
    package var isAdmin = false

    package init(isAdmin: Bool = false) { self.isAdmin = isAdmin }
}
