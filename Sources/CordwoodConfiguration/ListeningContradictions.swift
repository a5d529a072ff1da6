// SPDX-License-Identifier: Apache-2.0

/// A sentence without its end, and the settings that it is about, the most likely mistake first.
struct Contradiction {
    var keys: [String]
    var why: String

    init(_ keys: [String], _ why: String) {
        self.keys = keys
        self.why = why
    }
}

/// Contradictions between the settings of listeners, proxies, origins and TLS.
extension Configuration {
    var listeningContradictions: [Contradiction] {
        var result: [Contradiction] = []
        if listen.isEmpty, tls.listen.isEmpty {
            result.append(
                Contradiction(
                    ["listen", "tls.listen"],
                    "listen and tls.listen are both empty: nobody could send anything"))
        }
        let places = [
            ("listen", listen), ("tls.listen", tls.listen), ("admin.listen", admin.listen),
        ]
        for (index, (key, endpoints)) in places.enumerated() {
            for (earlier, others) in places[..<index] {
                for endpoint in endpoints where others.contains(endpoint) {
                    result.append(
                        Contradiction(
                            [key, earlier],
                            "\(key) and \(earlier) both have \(endpoint): an address is for one of"
                                + " them"))
                }
            }
        }
        return result
    }

    var proxyContradictions: [Contradiction] {
        guard proxies.trusted.isEmpty, proxies.header != .none || proxies.preamble != .off else {
            return []
        }
        return [
            Contradiction(
                ["proxies.header", "proxies.protocol"],
                "proxies.trusted is empty, so that neither proxies.header nor proxies.protocol has a"
                    + " meaning: name the proxies there")
        ]
    }

    var observationContradictions: [Contradiction] {
        switch observation.access {
        case .token where auth.tokensFile.isEmpty:
            [
                Contradiction(
                    ["observation.access", "auth.tokens_file"],
                    "observation.access is token, but auth.tokens_file is empty: nobody could"
                        + " observe")
            ]
        case .admin where admin.listen.isEmpty:
            [
                Contradiction(
                    ["observation.access", "admin.listen"],
                    "observation.access is admin, but admin.listen is empty: nobody could observe")
            ]
        default: []
        }
    }

    var corsContradictions: [Contradiction] {
        guard cors.allowOrigins.contains(.any), cors.allowOrigins.count > 1 else { return [] }
        return [
            Contradiction(
                ["cors.allow_origins"],
                "cors.allow_origins has * and others beside it: * is every origin, so name it alone"
                    + " or leave it out")
        ]
    }

    var tlsContradictions: [Contradiction] {
        var result: [Contradiction] = []
        func add(_ keys: [String], _ why: String) { result.append(Contradiction(keys, why)) }
        if !tls.listen.isEmpty, tls.certificates.isEmpty {
            add(
                ["tls.listen"],
                "tls.listen has an address, but tls.certificates is empty: name the server's"
                    + " certificate there")
        }
        if tls.listen.isEmpty, !tls.certificates.isEmpty {
            add(
                ["tls.certificates", "tls.listen"],
                "tls.certificates has a file, but tls.listen is empty: nobody would be spoken to by"
                    + " TLS; name an address there")
        }
        if !tls.keys.isEmpty, tls.keys.count != tls.certificates.count {
            add(
                ["tls.keys", "tls.certificates"],
                "tls.keys has \(tls.keys.count) and tls.certificates \(tls.certificates.count): to"
                    + " each certificate belongs a key, or tls.keys is empty and each is in its"
                    + " certificate's file")
        }
        if tls.clientAuth != .none, tls.clientCA.isEmpty {
            add(
                ["tls.client_auth"],
                "tls.client_auth is \(tls.clientAuth.rawValue), but tls.client_ca is empty: name"
                    + " there whose certificates are good")
        }
        if tls.clientAuth == .none, !tls.clientCA.isEmpty {
            add(
                ["tls.client_ca", "tls.client_auth"],
                "tls.client_ca has a file, but tls.client_auth is none: nobody would be asked for a"
                    + " certificate; say optional or required")
        }
        return result
    }
}
