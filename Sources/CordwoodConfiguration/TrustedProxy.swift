import HTTP

/// Somebody whose word is taken on who the client is.
package enum TrustedProxy: Sendable, Equatable, CustomStringConvertible {
    /// An address or a network.
    case network(Network)
    /// Whoever comes by a Unix socket.
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
