// SPDX-License-Identifier: Apache-2.0

import HTTP
import Ingest
import OpenSSL

/// Options of the parts of the service that have other types there than in the settings.
extension Configuration {
    /// Nil without a listener for TLS.
    package var tlsOptions: TLSOptions? {
        guard !tls.listen.isEmpty else { return nil }
        let identities = tls.certificates.enumerated().map { index, path in
            let key = index < tls.keys.count ? tls.keys[index] : path
            return TLSOptions.Identity(certificate: path, key: key)
        }
        var result = TLSOptions(identities: identities)
        result.minimumVersion =
            switch tls.minVersion {
            case .tls12: .tls12
            case .tls13: .tls13
            }
        result.clientAuthentication =
            switch tls.clientAuth {
            case .none: .none
            case .optional: .optional
            case .required: .required
            }
        result.clientAuthorities = tls.clientCA
        return result
    }

    /// The files of certificates, keys and tokens that the service reads.
    package var secretFiles: [String] {
        var files = auth.tokensFile.isEmpty ? [] : [auth.tokensFile]
        guard let options = tlsOptions else { return files }
        files += options.identities.flatMap { [$0.certificate, $0.key] }
        if options.clientAuthentication != .none, let path = options.clientAuthorities {
            files.append(path)
        }
        return files
    }

    package var trustedProxies: HTTP.Proxies {
        var result = HTTP.Proxies()
        for proxy in proxies.trusted {
            switch proxy {
            case .network(let network): result.networks.append(network)
            case .unix: result.includesUnixSockets = true
            }
        }
        result.field =
            switch proxies.header {
            case .none: .none
            case .forwardedFor: .forwardedFor
            case .forwarded: .forwarded
            }
        result.sendHeader = proxies.preamble == .required
        return result
    }

    /// The limits of a request's records, with room for the batch that such a body may fill.
    package var ingestLimits: IngestLimits {
        var result = ingest
        // One write of 96 MiB takes about 30 ms, and all other requests wait for it.
        result.batchByteCount = min(
            ingest.expandedByteCount, max(96 << 20, ingest.decodedByteCount / 2 * 3))
        return result
    }
}
