// SPDX-License-Identifier: Apache-2.0

import HTTP

/// A proxy that Cordwood believes when it names the client.
package enum TrustedProxy: Sendable, Equatable, CustomStringConvertible {
    /// An address or a network.
    case network(Network)
    /// Every peer of a Unix socket.
    case unix

    package init?(_ text: String) {
        if text == "unix" {
            self = .unix
        } else if let network = Network(text) {
            self = .network(network)
        } else {
            return nil
        }
    }

    package var description: String {
        switch self {
        case .network(let network): "\(network)"
        case .unix: "unix"
        }
    }
}
