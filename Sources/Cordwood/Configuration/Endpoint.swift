import Linux

/// An address and a port to listen on.
package struct Endpoint: Sendable, Equatable, CustomStringConvertible {
    /// In digits, without brackets.
    package var host: String
    /// 0: any free port.
    package var port: UInt16

    package init(host: String, port: UInt16) {
        self.host = host
        self.port = port
    }

    /// Reads `127.0.0.1:8080`, `[::1]:8080`, or `:8080` for every IPv4 address of the machine.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let number = WholeNumber.read(text[text.index(after: colon)...]),
            let port = UInt16(exactly: number)
        else { return nil }
        var host = text[..<colon]
        // Without brackets nobody can tell the last group of ::1 from a port.
        if host.hasPrefix("["), host.hasSuffix("]"), host.contains(":") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        self.init(host: host.isEmpty ? "0.0.0.0" : String(host), port: port)
        guard SocketAddress(host: self.host, port: port) != nil else { return nil }
    }

    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
