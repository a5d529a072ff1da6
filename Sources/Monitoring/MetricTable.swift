// SPDX-License-Identifier: Apache-2.0

import Bytes

/// All metrics, in the order of `/metrics`.
///
/// To add a metric, add a line here and a row to `docs/METRICS.md`. A new count needs a new `Cell`.
package enum MetricTable {
    package static let all =
        records + streams + requests + processes + configuration + files + tls + usage + [build]

    private static let records: [Metric] = [
        .counter(
            "cordwood_records_received_total", "Records received, written or rejected.", .received),
        .counter("cordwood_records_written_total", "Records written to a file.", .written),
        Metric(
            .counter, "cordwood_records_rejected_total", "Records not written, by reason.",
            labels: ["reason"]
        ) { metrics, out in
            for (reason, name) in metrics.layout.rejections.enumerated() {
                let count = metrics.scoreboard.total(CounterLayout.firstRejection + reason)
                out.sample("cordwood_records_rejected_total", "reason", name, count)
            }
        },
        .counter(
            "cordwood_records_unkept_total",
            "Rejected records that exceed what is kept of one request.", .unkept),
        .counter("cordwood_bytes_wire_total", "Bytes of bodies as received.", .wireBytes),
        .counter(
            "cordwood_bytes_decoded_total", "Bytes of bodies after decompression.", .decodedBytes),
        .counter("cordwood_bytes_written_total", "Bytes appended to files.", .writtenBytes),
    ]

    /// Of the first hundred streams since the start, and of all others together.
    private static let streams: [Metric] = [
        .perStream(
            "cordwood_stream_records_written_total", "Records written to a file, by stream.",
            .written),
        .perStream(
            "cordwood_stream_records_rejected_total", "Records not written, by stream.", .rejected),
        .perStream(
            "cordwood_stream_bytes_written_total",
            "Bytes appended to files, of rejected records too, by stream.", .bytes),
    ]

    private static let requests: [Metric] = [
        requestCounts,
        acknowledgements,
        .counter(
            "cordwood_overload_total",
            "Requests with records that were answered 503, by reason.", by: "reason",
            [
                "write_error": .overloadWriteError, "sync_error": .overloadSyncError,
                "disk_low": .overloadDiskLow, "out_of_memory": .overloadMemory,
                "connections": .overloadConnections,
                "connections_per_address": .overloadConnectionsPerAddress,
                "requests_in_flight": .overloadRequestsInFlight,
                "buffered_bytes": .overloadBufferedBytes, "streams": .overloadStreams,
            ]),
        .counter(
            "cordwood_connections_refused_total",
            "Connections closed without an answer, by reason.", by: "reason",
            [
                "proxy_header": .refusedProxyHeaders,
                "connections_per_address": .refusedAddresses,
            ]),
        .gauge(
            "cordwood_requests_in_flight", "Requests whose bodies are arriving.",
            ofWorkers: .requestsInFlight),
        .gauge("cordwood_connections", "Open connections.", ofWorkers: .connections),
        .counter(
            "cordwood_auth_rejections_total",
            "Requests rejected because a token or a right is missing, by reason.", by: "reason",
            [
                "missing": .authMissing, "invalid": .authInvalid, "expired": .authExpired,
                "stream_not_allowed": .authStreamNotAllowed,
                "not_an_observer": .authNotAnObserver, "rate_limited": .authRateLimited,
            ]),
    ]

    private static let requestCounts = Metric(
        .counter, "cordwood_http_requests_total", "Requests answered, by path and status.",
        labels: ["path", "code"]
    ) { metrics, out in
        for (path, label) in metrics.layout.paths.enumerated() {
            for code in CounterLayout.statusCodes {
                let count = metrics.scoreboard.total(metrics.layout.request(path, code))
                // Most of the combinations cannot occur.
                if count == 0 { continue }
                out.append("cordwood_http_requests_total{path=\"")
                out.append(string: label)
                out.append("\",code=\"")
                out.append(decimal: Int(code))
                out.append("\"} ")
                out.line(count)
            }
        }
    }

    private static let acknowledgements = Metric(
        .histogram, "cordwood_ack_seconds",
        "Time from a complete request to its answer, if records were accepted."
    ) { metrics, out in
        let board = metrics.scoreboard
        var cumulative: Int64 = 0
        for (index, bound) in CounterLayout.ackBounds.enumerated() {
            cumulative += board.total(CounterLayout.firstBucket + index)
            out.append("cordwood_ack_seconds_bucket{le=\"")
            out.append(seconds: bound)
            out.append("\"} ")
            out.line(cumulative)
        }
        out.sample("cordwood_ack_seconds_bucket", "le", "+Inf", board.total(.ackCount))
        out.append("cordwood_ack_seconds_sum ")
        out.append(seconds: board.total(.ackNanoseconds))
        out.append("\n")
        out.sample("cordwood_ack_seconds_count", board.total(.ackCount))
    }

    private static let build = Metric(
        .gauge, "cordwood_build_info", "The version of the program.", labels: ["version"]
    ) { metrics, out in
        out.sample("cordwood_build_info", "version", metrics.version, 1)
    }
}
