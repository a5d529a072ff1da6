import HTTP
import Ingest
import OpenSSL
import RotatingFile

/// What the parts of the service are given of it.
extension Configuration {
    package var httpLimits: HTTP.Limits {
        var result = HTTP.Limits()
        result.requestLineByteCount = limits.requestLineByteCount
        result.headerByteCount = limits.headerByteCount
        result.headerCount = limits.headerCount
        result.bodyByteCount = limits.bodyByteCount
        result.connections = limits.connections
        result.connectionsPerAddress = limits.connectionsPerAddress
        result.requestsInFlight = limits.requestsInFlight
        result.bufferedByteCount = limits.bufferedByteCount
        result.listenBacklog = limits.listenBacklog
        result.minimumRate = limits.minRateByteCount ?? 0
        result.headerTimeoutSeconds = timeouts.headerSeconds
        result.bodyTimeoutSeconds = timeouts.bodySeconds
        result.keepAliveTimeoutSeconds = timeouts.keepAliveSeconds
        result.connectionAgeSeconds = timeouts.connectionAgeSeconds
        result.drainTimeoutSeconds = timeouts.drainSeconds
        return result
    }

    /// Nil where nobody speaks TLS.
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

    /// The files of certificates, keys and tokens that are read.
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

    package var ingestLimits: IngestLimits {
        var result = IngestLimits()
        result.decodedByteCount = limits.decodedByteCount
        // One write of 96 MiB takes some 30 ms, for which all others wait.
        result.batchByteCount = max(96 << 20, limits.decodedByteCount / 2 * 3)
        result.recordByteCount = limits.recordByteCount
        result.oversize =
            switch limits.oversizeRecord {
            case .reject: .reject
            case .truncate: .truncate
            }
        return result
    }

    package var sealerOptions: Sealer.Options {
        var result = Sealer.Options()
        result.isCompressing = compression.isEnabled
        result.compressionLevel = Int32(compression.level)
        return result
    }
}
