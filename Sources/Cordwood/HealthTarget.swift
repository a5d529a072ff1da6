/// What `cordwood health` asks: a plain HTTP URL, taken apart.
package struct HealthTarget: Sendable, Equatable, CustomStringConvertible {
    package let host: String
    package let port: UInt16
    package let path: String

    /// `/readyz` of the service that listens on `endpoint`, asked from the same machine.
    package init(listeningOn endpoint: Endpoint) {
        let loopback = ["0.0.0.0": "127.0.0.1", "::": "::1"]
        host = loopback[endpoint.host] ?? endpoint.host
        port = endpoint.port
        path = "/readyz"
    }

    /// Reads `http://host[:port][/path]`, where the port is 80 and the path `/readyz` by default.
    package init?(url: String) {
        let scheme = "http://"
        guard url.lowercased().hasPrefix(scheme),
            url.utf8.allSatisfy({ $0 > UInt8(ascii: " ") && $0 < 0x7F })
        else { return nil }
        let rest = url.dropFirst(scheme.count)
        let authority = rest.prefix { $0 != "/" }
        let path = rest[authority.endIndex...]
        let isBracketed = authority.hasPrefix("[")
        let hostEnd =
            isBracketed
            ? authority.firstIndex(of: "]").map { authority.index(after: $0) }
            : authority.firstIndex(of: ":") ?? authority.endIndex
        guard let hostEnd else { return nil }
        let host =
            isBracketed ? authority[..<hostEnd].dropFirst().dropLast() : authority[..<hostEnd]
        let tail = authority[hostEnd...]
        guard !host.isEmpty, tail.isEmpty || tail.first == ":",
            let number = tail.isEmpty ? 80 : WholeNumber.read(tail.dropFirst()),
            let port = UInt16(exactly: number), port > 0
        else { return nil }
        self.host = String(host)
        self.port = port
        self.path = path.isEmpty ? "/readyz" : String(path)
    }

    /// As the field `Host` has it.
    var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    package var description: String { "http://\(authority)\(path)" }
}
