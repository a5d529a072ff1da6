import Linux

/// What `cordwood health` asks: a plain HTTP URL, taken apart, or a Unix socket.
package struct HealthTarget: Sendable, Equatable, CustomStringConvertible {
    package enum Place: Sendable, Equatable {
        case host(String, port: UInt16)
        case unix(path: String)
    }

    package let place: Place
    package let path: String

    /// `/readyz` of the service that listens on `endpoint`, asked from the same machine.
    package init(listeningOn endpoint: Endpoint) {
        let loopback = ["0.0.0.0": "127.0.0.1", "::": "::1"]
        let place: Place =
            switch endpoint {
            case .address(let host, let port): .host(loopback[host] ?? host, port: port)
            // IPv6 may be there or not.
            case .everyAddress(let port): .host("127.0.0.1", port: port)
            case .unix(let path): .unix(path: path)
            }
        self.init(place: place, path: "/readyz")
    }

    private init(place: Place, path: String) {
        self.place = place
        self.path = path
    }

    /// Reads `http://host[:port][/path]`, where the port is 80 and the path `/readyz` by default,
    /// or `unix:path` for `/readyz` there.
    package init?(url: String) {
        if url.hasPrefix(Endpoint.unixPrefix) {
            guard let endpoint = Endpoint(url) else { return nil }
            self.init(listeningOn: endpoint)
            return
        }
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
        self.init(
            place: .host(String(host), port: port),
            path: path.isEmpty ? "/readyz" : String(path))
    }

    /// Another path of the same service.
    package func at(_ path: String) -> HealthTarget { HealthTarget(place: place, path: path) }

    /// As the field `Host` has it.
    var authority: String {
        switch place {
        case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix: "localhost"
        }
    }

    package var description: String {
        switch place {
        case .host: "http://\(authority)\(path)"
        case .unix(let path): Endpoint.unixPrefix + path
        }
    }
}
