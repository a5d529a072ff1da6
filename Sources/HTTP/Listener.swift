import Linux
import SystemPackage

/// A listening socket, which the master opens and its workers share.
package final class Listener {
    private var socket: Socket?

    /// The descriptor's number, for as long as it is not closed.
    package let number: Int32
    package let address: SocketAddress

    /// Listens on `address`, with `backlog` connections waiting to be accepted at the most.
    package init(on address: SocketAddress, backlog: Int32) throws(Errno) {
        let listening = try Socket.listening(on: address, backlog: backlog)
        number = listening.descriptor.rawValue
        self.address = try listening.localAddress()
        socket = consume listening
    }

    /// The next waiting connection; nil when there is none.
    func accept(_ peer: inout SocketAddress) throws(Errno) -> Socket? {
        try socket?.accept(&peer)
    }

    /// Stops listening, as far as this process goes.
    package func close() { socket = nil }
}
