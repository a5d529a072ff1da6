import Bytes
import Ingest
import OpenSSL
import Prefork

/// All counters in the text format of Prometheus (version 0.0.4).
///
/// Values of labels are literals of this program, or numbers; others are `escaped`.
struct Metrics {
    let scoreboard: Scoreboard
    /// Nil where it cannot be asked.
    let disk: DiskRoom?
    /// Those that clients are shown.
    var certificates: [CertificateFacts] = []
    /// Seconds since 1970.
    let now: Int64

    func encode(into out: inout ByteBuffer) {
        records(&out)
        streams(&out)
        requests(&out)
        histogram(&out)
        overload(&out)
        refusals(&out)
        workers(&out)
        restarts(&out)
        reloads(&out)
        rollovers(&out)
        sealing(&out)
        room(&out)
        handshakes(&out)
        expirations(&out)
        usage(&out)
        header("cordwood_build_info", "gauge", "The version that runs.", &out)
        out.append("cordwood_build_info{version=\"")
        out.append(string: Version.current)
        out.append("\"} 1\n")
    }

    // MARK: Requests and records

    private func records(_ out: inout ByteBuffer) {
        counter(
            "cordwood_records_received_total", "Records received, written or rejected.", .received,
            &out)
        counter("cordwood_records_written_total", "Records that stand in a file.", .written, &out)
        rejections(&out)
        counter(
            "cordwood_records_unkept_total",
            "Rejected records beyond what is kept of one request.", .unkept, &out)
        counter("cordwood_bytes_wire_total", "Bytes of bodies as they came.", .wireBytes, &out)
        counter(
            "cordwood_bytes_decoded_total", "Bytes of bodies after decompression.", .decodedBytes,
            &out)
        counter("cordwood_bytes_written_total", "Bytes appended to files.", .writtenBytes, &out)
    }

    private func rejections(_ out: inout ByteBuffer) {
        header(
            "cordwood_records_rejected_total", "counter", "Records not written, by reason.",
            &out)
        for reason in RejectionReason.allCases {
            out.append("cordwood_records_rejected_total{reason=\"")
            out.append(reason.code)
            out.append("\"} ")
            let cell = CounterLayout.firstRejection + Int(reason.rawValue)
            line(scoreboard.total(cell), &out)
        }
    }

    private func requests(_ out: inout ByteBuffer) {
        header(
            "cordwood_http_requests_total", "counter", "Requests answered, by path and status.",
            &out)
        for (route, label) in Router.labels.enumerated() {
            for code in CounterLayout.statusCodes {
                let count = scoreboard.total(CounterLayout.request(route, code))
                // Most of the combinations cannot happen.
                if count == 0 { continue }
                out.append("cordwood_http_requests_total{path=\"")
                out.append(string: label)
                out.append("\",code=\"")
                out.append(decimal: Int(code))
                out.append("\"} ")
                line(count, &out)
            }
        }
    }

    private func histogram(_ out: inout ByteBuffer) {
        header(
            "cordwood_ack_seconds", "histogram",
            "From a whole request to its answer, where records were taken.", &out)
        var cumulative: Int64 = 0
        for (index, bound) in CounterLayout.ackBounds.enumerated() {
            cumulative += scoreboard.total(CounterLayout.firstBucket + index)
            out.append("cordwood_ack_seconds_bucket{le=\"")
            seconds(bound, &out)
            out.append("\"} ")
            line(cumulative, &out)
        }
        out.append("cordwood_ack_seconds_bucket{le=\"+Inf\"} ")
        line(scoreboard.total(Cell.ackCount.rawValue), &out)
        out.append("cordwood_ack_seconds_sum ")
        seconds(scoreboard.total(Cell.ackNanoseconds.rawValue), &out)
        out.append("\ncordwood_ack_seconds_count ")
        line(scoreboard.total(Cell.ackCount.rawValue), &out)
    }

    private func refusals(_ out: inout ByteBuffer) {
        header(
            "cordwood_auth_rejections_total", "counter",
            "Requests refused for want of a token or of a right, by reason.", &out)
        sample("cordwood_auth_rejections_total{reason=\"missing\"}", .authMissing, &out)
        sample("cordwood_auth_rejections_total{reason=\"invalid\"}", .authInvalid, &out)
        sample("cordwood_auth_rejections_total{reason=\"expired\"}", .authExpired, &out)
        sample(
            "cordwood_auth_rejections_total{reason=\"stream_not_allowed\"}",
            .authStreamNotAllowed, &out)
        sample(
            "cordwood_auth_rejections_total{reason=\"not_an_observer\"}", .authNotAnObserver, &out)
        sample("cordwood_auth_rejections_total{reason=\"rate_limited\"}", .authRateLimited, &out)
    }

    private func overload(_ out: inout ByteBuffer) {
        header(
            "cordwood_overload_total", "counter",
            "Requests that bring records and were answered 503, by reason.", &out)
        sample("cordwood_overload_total{reason=\"write_error\"}", .overloadWriteError, &out)
        sample("cordwood_overload_total{reason=\"sync_error\"}", .overloadSyncError, &out)
        sample("cordwood_overload_total{reason=\"disk_low\"}", .overloadDiskLow, &out)
        sample("cordwood_overload_total{reason=\"out_of_memory\"}", .overloadMemory, &out)
        sample("cordwood_overload_total{reason=\"connections\"}", .overloadConnections, &out)
        sample(
            "cordwood_overload_total{reason=\"connections_per_address\"}",
            .overloadConnectionsPerAddress, &out)
        sample(
            "cordwood_overload_total{reason=\"requests_in_flight\"}", .overloadRequestsInFlight,
            &out)
        sample("cordwood_overload_total{reason=\"buffered_bytes\"}", .overloadBufferedBytes, &out)
        sample("cordwood_overload_total{reason=\"streams\"}", .overloadStreams, &out)
        header(
            "cordwood_connections_refused_total", "counter",
            "Connections closed without an answer, by reason.", &out)
        sample(
            "cordwood_connections_refused_total{reason=\"proxy_header\"}", .refusedProxyHeaders,
            &out)
        sample(
            "cordwood_connections_refused_total{reason=\"connections_per_address\"}",
            .refusedAddresses, &out)
        gauge(
            "cordwood_requests_in_flight", "Requests whose bodies are on their way.",
            scoreboard.gauge(.requestsInFlight), &out)
        gauge(
            "cordwood_connections", "Open connections.", scoreboard.gauge(.connections), &out)
    }
}
