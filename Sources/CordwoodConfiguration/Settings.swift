// SPDX-License-Identifier: Apache-2.0

import Logging

/// All settings.
///
/// This table produces the readers of the file, the environment and the flags, the reference page,
/// and the sentences about mistakes.
package enum Settings {
    package static let all: [Setting] =
        general + admin + tls + auth + streams + protocols + stamp + rotation + compression
        + proxies + cors
        + limits + timeouts + recycle + system

    package static func named(_ key: String) -> Setting? { all.first { $0.key == key } }

    package static func withFlag(_ flag: String) -> Setting? { all.first { $0.flag == flag } }

    private static let general = [
        Setting(
            "listen", listAt: \.listen, .endpoint, flag: "listen", mayBeEmpty: true,
            "The addresses to listen on; *: all of the machine; without a host: all of IPv4; port"
                + " 0: any free one. YAML needs quotation marks around *."),
        Setting(
            "directory", \.directory, .path, flag: "directory",
            "The directory of the log files; a relative path counts from the working directory."),
        Setting(
            "workers", \.workers,
            ValueFormat.number(1...512).or(["auto", "0"], "auto for one per processor"),
            flag: "workers",
            "How many processes receive requests."),
        Setting(
            "ack", \.plans.common.isDurable, .either("write", "fsync"), flag: "ack",
            "When to answer 200: write, when the records are in the file and survive any process;"
                + " fsync, when they are on the disk and survive a power cut."),
        Setting(
            "user", \.user, .account,
            "The user that the processes become once they listen, if root starts them."),
        Setting(
            "group", \.group, .account,
            "The group that they become as well; empty: that of the user."),
        Setting(
            "pid_file", \.pidFile, .optionalPath,
            "The file with the master's process id while it runs."),
    ]

    private static let admin = [
        Setting(
            "admin.listen", listAt: \.admin.listen, .endpoint, mayBeEmpty: true,
            "The addresses to listen on for operators; records are not accepted there."),
        Setting(
            "ui.enabled", \.page.isEnabled, .boolean,
            "Serve the page at /ui on `listen` too, where everybody who reaches it can read the"
                + " logs; `admin.listen` always has it."),
    ]

    private static let tls = [
        Setting(
            "tls.listen", listAt: \.tls.listen, .endpoint, mayBeEmpty: true,
            "The addresses to listen on for HTTP over TLS."),
        Setting(
            "tls.certificates", listAt: \.tls.certificates, .path, mayBeEmpty: true,
            "PEM files, each of a certificate and its chain. The host name that a client asks for"
                + " selects one, or else the first."),
        Setting(
            "tls.keys", listAt: \.tls.keys, .path, mayBeEmpty: true,
            "PEM files of their private keys, in the same order; none: each key is in the file"
                + " of its certificate."),
        Setting(
            "tls.min_version", \.tls.minVersion, .choice,
            "The oldest version of TLS that is accepted."),
        Setting(
            "tls.client_auth", \.tls.clientAuth, .choice,
            "Whether clients present a certificate: optional, one that is presented must be valid;"
                + " required, clients without a valid one are rejected."),
        Setting(
            "tls.client_ca", \.tls.clientCA, .optionalPath,
            "A PEM file of the authorities that sign clients' certificates; only with"
                + " tls.client_auth."),
    ]

    private static let auth = [
        Setting(
            "auth.tokens_file", \.auth.tokensFile, .optionalPath,
            "The file of tokens; empty: clients need none."),
        Setting(
            "auth.max_failures", \.auth.maxFailures, .number(1...100_000),
            "How many wrong tokens one address may send to a worker in auth.failure_window; beyond:"
                + " 429."),
        Setting(
            "auth.failure_window", \.auth.failureWindowSeconds, .duration(1...86_400),
            "The time in which wrong tokens count."),
        Setting(
            "observation.access", \.observation.access, .choice,
            "Access to /health, /metrics and the page: open, for everybody; token, with a token"
                + " that may observe; admin, only on admin.listen."),
    ]

    private static let streams = [
        Setting(
            "streams.default", \.streams.defaultStream, .streamName,
            "The stream of requests that name none."),
        Setting(
            "streams.allow", listAt: \.streams.allow, .streamPattern,
            "The streams that clients may write to."),
        Setting(
            "streams.max_open", \.streams.maxOpen, .number(1...65_536),
            "How many streams a worker keeps open; beyond, it closes the one that is idle longest."),
        Setting(
            "streams.max_count", \.streams.maxCount, .number(1...1_000_000),
            "How many streams may exist; beyond: 503 for new streams."),
        Setting(
            "streams.format", \.plans.common.format, .choice,
            "The lines of a file: json, always a JSON object; raw, a line of text as received."),
    ]

    private static let protocols =
        [
            Setting(
                "protocols.secrets_in_urls", \.protocols.acceptsSecretsInURLs, .boolean,
                "Accept a token in the URL, as ?token=, ?dd-api-key= or in the path, from clients that"
                    + " cannot send it in a header. Proxies and clients log URLs.")
        ]
        + Configuration.Protocols.Name.allCases.flatMap { name in
            [
                Setting(
                    "protocols.\(name).enabled", \.protocols[name].isEnabled, .boolean,
                    "Accept \(description(of: name))."),
                Setting(
                    "protocols.\(name).stream", \.protocols[name].stream,
                    ValueFormat<String>.streamName.or([""], "empty for streams.default"),
                    "The stream of its requests that name none in the path."),
            ] + settings(ofOnly: name)
        }

    private static func description(of name: Configuration.Protocols.Name) -> String {
        switch name {
        case .otlp: "OpenTelemetry's logs over HTTP, at /v1/logs"
        case .elasticsearch: "what clients of Elasticsearch send, at /_bulk and beside it"
        case .loki: "what clients of Grafana Loki send, at /loki/api/v1/push"
        case .splunk: "events for Splunk's HTTP Event Collector, at /services/collector"
        case .datadog: "Datadog's logs, at /api/v2/logs and /v1/input"
        case .gelf: "Graylog's GELF over HTTP, at /gelf"
        case .firehose: "the deliveries of Amazon Data Firehose, at /firehose"
        case .logplex: "the frames of a Heroku Logplex drain, at /logplex"
        }
    }

    /// The settings that only one protocol has.
    private static func settings(
        ofOnly name: Configuration.Protocols.Name
    ) -> [Setting] {
        switch name {
        case .elasticsearch:
            [
                Setting(
                    "protocols.elasticsearch.version", \.protocols.elasticsearchVersion,
                    .versionNumber,
                    "The version of Elasticsearch that clients are told; Beats refuse one that is"
                        + " older than themselves."),
                Setting(
                    "protocols.elasticsearch.metadata", \.protocols.keepsElasticsearchMetadata,
                    .boolean,
                    "Write the line of the action beside the document, as the member _bulk."),
            ]
        case .splunk:
            [
                Setting(
                    "protocols.splunk.ack", \.protocols.acknowledgesSplunk, .boolean,
                    "Answer with an ackId, and confirm each at /services/collector/ack.")
            ]
        default: []
        }
    }

    private static let stamp = [
        Setting(
            "stamp.fields", listAt: \.stamp.fields, .choice, mayBeEmpty: true,
            "The members that each record of a json stream gets after its own: the time, the"
                + " client's address, the name of its token, the id of its request, and the name"
                + " of this machine."),
        Setting(
            "stamp.text_fields", listAt: \.stamp.textFields, .choice, mayBeEmpty: true,
            "The members that records made of text get as well, because they have no time."),
        Setting(
            "stamp.prefix", \.stamp.prefix, .memberPrefix,
            "The prefix of these members' names."),
    ]

    private static let rotation = [
        Setting(
            "rotation.when", \.plans.common.rotation.when, .when, flag: "when",
            "The unit of interval: seconds, minutes, hours, days, midnights, or weeks that end"
                + " on a day, where W0 is Monday."),
        Setting(
            "rotation.interval", \.plans.common.rotation.interval, .number(1...100_000),
            flag: "interval",
            "How many of these units one file covers."),
        Setting(
            "rotation.at_time", \.plans.common.rotation.atTime,
            ValueFormat.timeOfDay.or([""], "empty for midnight"),
            flag: "at", "The time of day of the rollover, with MIDNIGHT and W0 to W6."),
        Setting(
            "rotation.utc", \.plans.common.rotation.isUTC, .boolean, flag: "utc",
            "Count in UTC instead of local time."),
        Setting(
            "rotation.timezone", \.timezone, .timeZone, flag: "timezone",
            "The time zone of days and hours."),
        Setting(
            "rotation.aligned", \.plans.common.rotation.isAligned, .boolean, flag: "aligned",
            "Align S, M, H and D with the clock; false: count from the first record, as Python"
                + " does."),
        Setting(
            "rotation.max_bytes", \.plans.common.rotation.maximumByteCount,
            ValueFormat.size(1...1 << 60).or(["0"], "0 for no limit"), flag: "max-bytes",
            "Rotate a file also before it grows beyond this; further files of the interval end in"
                + " .1, .2, ..."),
        Setting(
            "rotation.backup_count", \.plans.common.retention.backupCount, .number(0...1_000_000),
            flag: "backup-count",
            "How many rotated files of a stream are kept; 0: all. The default of 14 applies only"
                + " if this, max_age and max_total_bytes are all unset."),
        Setting(
            "rotation.max_age", \.plans.common.retention.maximumAgeSeconds,
            ValueFormat.duration(1...36_500 * 86_400).or(["0"], "0 for no limit"),
            flag: "max-age", "Rotated files older than this are removed."),
        Setting(
            "rotation.max_total_bytes", \.plans.common.retention.maximumTotalByteCount,
            ValueFormat.size(1...1 << 60).or(["0"], "0 for no limit"), flag: "max-total-bytes",
            "The oldest rotated files of a stream are removed while all together are larger."),
    ]

    private static let compression = [
        Setting(
            "compression.enabled", \.sealing.isCompressing, .boolean, flag: "compression",
            "Compress rotated files with gzip."),
        Setting(
            "compression.level", \.sealing.compressionLevel, .number(1...9),
            "The level of gzip, from 1, fastest, to 9, smallest."),
    ]

    private static let proxies = [
        Setting(
            "proxies.trusted", listAt: \.proxies.trusted, .trustedProxy, mayBeEmpty: true,
            "The proxies that may name the client; every other peer is itself the client."),
        Setting(
            "proxies.header", \.proxies.header, .choice,
            "The header field in which they name the client, read from the right; none: the"
                + " proxy is the client."),
        Setting(
            "proxies.protocol", \.proxies.preamble, .choice,
            "Whether their connections begin with a header of the PROXY protocol, version 1 or 2;"
                + " those without one are closed."),
    ]

    private static let cors = [
        Setting(
            "cors.allow_origins", listAt: \.cors.allowOrigins, .allowedOrigin, mayBeEmpty: true,
            "The origins whose pages may send records and read the answers; none: only this origin."
                + " YAML needs quotation marks around *."),
        Setting(
            "cors.max_age", \.cors.maxAgeSeconds, .duration(0...86_400),
            "How long a browser may remember this."),
    ]

    private static let limits = [
        Setting(
            "limits.body_bytes", \.http.bodyByteCount, .size(1024...(1 << 30)),
            "The largest body as sent; beyond: 413."),
        Setting(
            "limits.decoded_bytes", \.ingest.decodedByteCount, .size(1024...(1 << 30)),
            "The largest body after decompression; beyond: 413."),
        Setting(
            "limits.expanded_bytes", \.ingest.expandedByteCount, .size(1024...(1 << 30)),
            "The most bytes that one request may add to the files; beyond: 413. A protocol may write"
                + " what a client sends once, such as labels, into every record. Cordwood's own"
                + " paths write at most 96 MiB, or 1.5 times limits.decoded_bytes if that is more."),
        Setting(
            "limits.record_bytes", \.ingest.recordByteCount, .size(256...(64 << 20)),
            "The longest record."),
        Setting(
            "limits.oversize_record", \.ingest.oversize, .choice,
            "What happens to a longer record: reject it, or truncate and mark it."),
        Setting(
            "limits.request_line_bytes", \.http.requestLineByteCount, .size(256...(64 << 10)),
            "The longest request line; beyond: 414."),
        Setting(
            "limits.header_bytes", \.http.headerByteCount, .size(1024...(1 << 20)),
            "The most bytes of all header fields; beyond: 431."),
        Setting(
            "limits.header_count", \.http.headerCount, .number(1...1000),
            "The most header fields; beyond: 431."),
        Setting(
            "limits.connections", \.http.connections, .number(1...1_000_000),
            "The most connections of a worker."),
        Setting(
            "limits.connections_per_address", \.http.connectionsPerAddress,
            .number(0...1_000_000),
            "The most connections of a worker from one address, or one /64 network of IPv6; beyond:"
                + " 503; 0: any number. Trusted proxies and Unix sockets are exempt."),
        Setting(
            "limits.requests_in_flight", \.http.requestsInFlight, .number(1...1_000_000),
            "The most requests that a worker reads and answers at a time; beyond: 503."),
        Setting(
            "limits.buffered_bytes", \.http.bufferedByteCount, .size((64 << 10)...(1 << 40)),
            "The most bytes of requests and answers that a worker holds; beyond: 503."),
        Setting(
            "limits.listen_backlog", \.http.listenBacklog, .number(1...65_535),
            "How many connections wait in the kernel; net.core.somaxconn caps it."),
        Setting(
            "limits.min_rate", \.http.minimumRate,
            .size(1...(1 << 30), or: (0, "0 for none")),
            "How many bytes a second a client must on average send of a body, and receive of"
                + " answers; 408 when it is behind by timeouts.body."),
    ]

    private static let timeouts = [
        Setting(
            "timeouts.header", \.http.headerTimeoutSeconds, timeout,
            "How long the head of a request may take; beyond: 408."),
        Setting(
            "timeouts.body", \.http.bodyTimeoutSeconds, timeout,
            "How long a body may pause; beyond: 408. Pauses add up unless limits.min_rate makes up"
                + " for them."),
        Setting(
            "timeouts.keep_alive", \.http.keepAliveTimeoutSeconds, timeout,
            "How long a connection may idle between requests."),
        Setting(
            "timeouts.connection_age", \.http.connectionAgeSeconds, timeout,
            "After this time, plus or minus a tenth, a connection is closed with its next answer,"
                + " so that clients spread over workers."),
        Setting(
            "timeouts.drain", \.http.drainTimeoutSeconds, timeout,
            "How long requests in flight may take at shutdown; Docker kills after 10 s."),
        Setting(
            "timeouts.stop_delay", \.timeouts.stopDelaySeconds, .duration(0...3600),
            "How long requests are still accepted at shutdown, before timeouts.drain, while /readyz"
                + " answers 503 to load balancers."),
        Setting(
            "timeouts.watchdog", \.timeouts.watchdogSeconds, .duration(2...3600),
            "A process without a heartbeat for this time is killed and replaced."),
    ]

    private static let timeout = ValueFormat<Int>.duration(1...86_400)

    private static let recycle = [
        Setting(
            "recycle.requests", \.recycle.requestCount,
            ValueFormat.number(1...1_000_000_000_000).or(["0"], "0 for never"),
            "A worker that has answered this many requests is replaced."),
        Setting(
            "recycle.memory", \.recycle.memoryByteCount,
            ValueFormat.size(1 << 20...1 << 40).or(["0"], "0 for never"),
            "A worker that uses this much memory of its own, not shared, is replaced."),
    ]

    private static let system = [
        Setting(
            "disk.min_free", \.disk.minFreeByteCount,
            ValueFormat.size(0...(1 << 60)).or(["auto"], "auto for the larger of 64MiB and 1 %"),
            "Free space below which ingest answers 503; 0: none."),
        Setting(
            "files.mode", \.files.mode, .mode(required: 0o600), "Permissions of new files."),
        Setting(
            "files.directory_mode", \.files.directoryMode, .mode(required: 0o700),
            "Permissions of new directories."),
        Setting(
            "files.socket_mode", \.files.socketMode, .mode(required: 0o600),
            "Permissions of Unix sockets, which belong to `user` and `group`: everybody who may"
                + " write to one may send logs."),
        Setting(
            "log.level", \.log.level, .choice, flag: "log-level",
            "The lowest level of Cordwood's own messages on standard error."),
        Setting(
            "log.format", \.log.format, .choice, flag: "log-format",
            "The format of these messages; auto: text on a terminal, JSON elsewhere."),
    ]
}
