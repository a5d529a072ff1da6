// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import HTTP
import Linux

/// A listening socket, and its configured address.
struct BoundListener {
    /// Nil if the program has inherited the socket.
    let address: ListenAddress?
    let listener: Listener

    /// Whether this is the socket for `address`, opened for it or inherited with that address.
    func serves(_ address: ListenAddress) -> Bool {
        self.address == address || isInherited(for: address)
    }

    func isInherited(for address: ListenAddress) -> Bool {
        self.address == nil && listener.address.description == address.socketAddress?.description
    }

    /// Ends it for all processes, after they have accepted the connections that wait.
    ///
    /// An inherited socket stays open elsewhere, because systemd continues to use it.
    func retire() {
        if address != nil {
            // If this fails, a client that connects at the last moment may be reset.
            try? listener.refuseNewConnections()
            listener.removeSocketFile()
        }
        listener.close()
    }
}
