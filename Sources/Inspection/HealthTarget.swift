// SPDX-License-Identifier: Apache-2.0

import Bytes
import CordwoodConfiguration
import Linux
import OpenSSL

/// The service that `cordwood health` asks: a parsed URL, or a Unix socket.
package struct HealthTarget: Sendable, Equatable, CustomStringConvertible {
    package enum Place: Sendable, Equatable {
        case host(String, port: UInt16)
        case unix(path: String)
    }

    package let place: Place
    package let path: String
    /// Whether the request goes over TLS.
    package let isSecure: Bool
    /// The certificates that are trusted over TLS.
    package var trust = TLSTrust.system
    /// The token to send, if the service answers only clients that have one.
    package var token: String?

    /// The environment variable that holds the token.
    package static let tokenVariable = ConfigurationEnvironment.tokenVariable

    /// `/readyz` of the service that listens on `endpoint`, asked from the same machine.
    ///
    /// Over TLS any certificate is trusted, because none is issued for a loopback address, and the
    /// request contains no secret.
    package init(listeningOn endpoint: ListenAddress, isSecure: Bool = false) {
        let loopback = ["0.0.0.0": "127.0.0.1", "::": "::1"]
        let place: Place =
            switch endpoint {
            case .address(let host, let port): .host(loopback[host] ?? host, port: port)
            // The machine may have no IPv6.
            case .everyAddress(let port): .host("127.0.0.1", port: port)
            case .unix(let path): .unix(path: path)
            }
        self.init(place: place, path: "/readyz", isSecure: isSecure)
        if isSecure { trust = .anybody }
    }

    private init(place: Place, path: String, isSecure: Bool) {
        self.place = place
        self.path = path
        self.isSecure = isSecure
    }

    /// Reads `http://host[:port][/path]`, with port 80 and path `/readyz` by default, the same with
    /// `https` and port 443, or `unix:path` for `/readyz` on that socket.
    package init?(url: String) {
        if url.hasPrefix(ListenAddress.unixPrefix) {
            guard let endpoint = ListenAddress(url) else { return nil }
            self.init(listeningOn: endpoint)
            return
        }
        let schemes = ["http://", "https://"]
        guard let scheme = schemes.first(where: { url.lowercased().hasPrefix($0) }),
            url.utf8.allSatisfy({ $0 > UInt8(ascii: " ") && $0 < 0x7F })
        else { return nil }
        let isSecure = scheme == "https://"
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
            let number = tail.isEmpty ? (isSecure ? 443 : 80) : WholeNumber.read(tail.dropFirst()),
            let port = UInt16(exactly: number), port > 0
        else { return nil }
        self.init(
            place: .host(String(host), port: port),
            path: path.isEmpty ? "/readyz" : String(path), isSecure: isSecure)
    }

    /// Another path of the same service.
    package func at(_ path: String) -> HealthTarget {
        var target = HealthTarget(place: place, path: path, isSecure: isSecure)
        target.trust = trust
        target.token = token
        return target
    }

    /// Whether the request asks if the service is ready.
    var isReadiness: Bool { path == "/readyz" }

    /// The host that the certificate must name.
    var host: String {
        switch place {
        case .host(let host, _): host
        case .unix: "localhost"
        }
    }

    /// The value of the field `Host`.
    var authority: String {
        switch place {
        case .host(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix: "localhost"
        }
    }

    package var description: String {
        switch place {
        case .host: "\(isSecure ? "https" : "http")://\(authority)\(path)"
        case .unix(let path): ListenAddress.unixPrefix + path
        }
    }
}
