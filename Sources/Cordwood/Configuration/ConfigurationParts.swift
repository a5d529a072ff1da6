import HTTP
import Ingest
import RotatingFile

/// What the parts of the service are given of it.
extension Configuration {
    var httpLimits: HTTP.Limits {
        var result = HTTP.Limits()
        result.requestLineByteCount = limits.requestLineByteCount
        result.headerByteCount = limits.headerByteCount
        result.headerCount = limits.headerCount
        result.bodyByteCount = limits.bodyByteCount
        result.connections = limits.connections
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

    var ingestLimits: IngestLimits {
        var result = IngestLimits()
        result.decodedByteCount = limits.decodedByteCount
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
        result.retention = rotation.retention
        return result
    }
}
