// SPDX-License-Identifier: Apache-2.0

import Bytes
import Linux

/// An address to listen on.
package enum ListenAddress: Sendable, Equatable, CustomStringConvertible {
    /// A host in digits, without brackets; port 0: any free one.
    case address(host: String, port: UInt16)
    /// Every address of the machine, IPv6 and IPv4, by one socket.
    case everyAddress(port: UInt16)
    /// The path of a Unix socket.
    case unix(path: String)

    package init(host: String, port: UInt16) { self = .address(host: host, port: port) }

    /// Reads `127.0.0.1:8080`, `[::1]:8080`, `*:8080` for every address of the machine, `:8080`
    /// for every IPv4 address, or `unix:/run/cordwood.sock`.
    ///
    /// A port alone, and `localhost`, are 127.0.0.1: no other name is looked up.
    package init?(_ text: String) {
        if text.hasPrefix(Self.unixPrefix) {
            let path = String(text.dropFirst(Self.unixPrefix.count))
            guard SocketAddress(path: path) != nil else { return nil }
            self = .unix(path: path)
            return
        }
        if let port = WholeNumber.read(text[...]).flatMap(UInt16.init(exactly:)), !text.isEmpty {
            self = .address(host: Self.thisMachine, port: port)
            return
        }
        guard let colon = text.lastIndex(of: ":"),
            let number = WholeNumber.read(text[text.index(after: colon)...]),
            let port = UInt16(exactly: number)
        else { return nil }
        var host = text[..<colon]
        if host == "localhost" { host = Self.thisMachine[...] }
        if host == "*" {
            self = .everyAddress(port: port)
            return
        }
        // Without brackets the last group of ::1 cannot be told from a port.
        if host.hasPrefix("["), host.hasSuffix("]"), host.contains(":") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        self = .address(host: host.isEmpty ? "0.0.0.0" : String(host), port: port)
        guard socketAddress != nil else { return nil }
    }

    private static let thisMachine = "127.0.0.1"
    package static let unixPrefix = "unix:"

    /// The address for the kernel; nil if the host is not in digits, or the path is too long.
    package var socketAddress: SocketAddress? {
        switch self {
        case .address(let host, let port): SocketAddress(host: host, port: port)
        case .everyAddress(let port): SocketAddress(everyAddressWithPort: port)
        case .unix(let path): SocketAddress(path: path)
        }
    }

    /// 0 if the kernel chooses one; nil for a Unix socket.
    package var port: UInt16? {
        switch self {
        case .address(_, let port), .everyAddress(let port): port
        case .unix: nil
        }
    }

    package var description: String {
        switch self {
        case .address(let host, let port):
            host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .everyAddress(let port): "*:\(port)"
        case .unix(let path): Self.unixPrefix + path
        }
    }
}
