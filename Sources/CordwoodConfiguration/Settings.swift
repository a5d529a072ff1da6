import Logging

/// All settings.
///
/// This table produces the readers of the file, the environment and the flags, the reference page,
/// and the sentences about mistakes.
package enum Settings {
    package static let all: [Setting] =
        general + admin + tls + auth + streams + stamp + rotation + compression + proxies + cors
        + limits + timeouts + recycle + system

    package static func named(_ key: String) -> Setting? { all.first { $0.key == key } }

    package static func withFlag(_ flag: String) -> Setting? { all.first { $0.flag == flag } }

    private static let general = [
        Setting(
            "listen", listAt: \.listen, .endpoint, flag: "listen", mayBeEmpty: true,
            "What to listen on; *: every address of the machine; without a host: every IPv4 one;"
                + " port 0: any free one. YAML wants quotation marks around *."),
        Setting(
            "directory", \.directory, .path, flag: "directory",
            "Where the log files are written; a relative path counts from the working directory."),
        Setting(
            "workers", \.workers,
            ValueFormat.number(1...512).or(["auto", "0"], "auto for one per processor"),
            flag: "workers",
            "How many processes receive requests."),
        Setting(
            "ack", \.plans.common.isDurable, .either("write", "fsync"), flag: "ack",
            "What precedes the answer 200: write, the records are in the file and survive any"
                + " process; fsync, they are on the disk and survive a power cut."),
        Setting(
            "user", \.user, .account,
            "Who the processes become once they listen, if root starts them; empty: who starts"
                + " them."),
        Setting(
            "group", \.group, .account,
            "The group they become with it; empty: the one of that user."),
        Setting(
            "pid_file", \.pidFile, .optionalPath,
            "Where the process id of the master is written while it runs; empty: nowhere."),
    ]

    private static let admin = [
        Setting(
            "admin.listen", listAt: \.admin.listen, .endpoint, mayBeEmpty: true,
            "What to listen on for an operator's requests alone, which bring no records."),
        Setting(
            "ui.enabled", \.page.isEnabled, .boolean,
            "Serve the page at /ui on `listen` too: who reaches it can read the logs. On"
                + " `admin.listen` it is always there."),
    ]

    private static let tls = [
        Setting(
            "tls.listen", listAt: \.tls.listen, .endpoint, mayBeEmpty: true,
            "What to listen on for HTTP over TLS, beside `listen`."),
        Setting(
            "tls.certificates", listAt: \.tls.certificates, .path, mayBeEmpty: true,
            "PEM files, each of a certificate and its chain behind it; the name that a client asks"
                + " for chooses among them, and the first is for those who ask for another or"
                + " none."),
        Setting(
            "tls.keys", listAt: \.tls.keys, .path, mayBeEmpty: true,
            "PEM files of their private keys, in the same order; none: each is in the file of its"
                + " certificate."),
        Setting(
            "tls.min_version", \.tls.minVersion, .choice,
            "The oldest version of TLS that is spoken."),
        Setting(
            "tls.client_auth", \.tls.clientAuth, .choice,
            "Whether clients show a certificate: none, they are not asked; optional, who shows one"
                + " must show a good one; required, nobody else is let in."),
        Setting(
            "tls.client_ca", \.tls.clientCA, .optionalPath,
            "A PEM file of the certificates that those of clients are signed by; with"
                + " tls.client_auth alone."),
    ]

    private static let auth = [
        Setting(
            "auth.tokens_file", \.auth.tokensFile, .optionalPath,
            "The file of the tokens of which clients must send one; empty: none is needed."),
        Setting(
            "auth.max_failures", \.auth.maxFailures, .number(1...100_000),
            "How many wrong tokens one address may send to a worker in auth.failure_window; beyond:"
                + " 429."),
        Setting(
            "auth.failure_window", \.auth.failureWindowSeconds, .duration(1...86_400),
            "The time in which they count."),
        Setting(
            "observation.access", \.observation.access, .choice,
            "Who may ask for /health, /metrics and the page: open, whoever reaches a listener; token,"
                + " who sends one with the right to observe; admin, whoever reaches admin.listen,"
                + " and nobody elsewhere."),
    ]

    private static let streams = [
        Setting(
            "streams.default", \.streams.defaultStream, .streamName,
            "The stream of requests that name none."),
        Setting(
            "streams.allow", listAt: \.streams.allow, .streamPattern,
            "Which streams clients may write to."),
        Setting(
            "streams.max_open", \.streams.maxOpen, .number(1...65_536),
            "How many streams a worker keeps open; beyond that the one idle longest is closed."),
        Setting(
            "streams.max_count", \.streams.maxCount, .number(1...1_000_000),
            "How many streams there may be; beyond: 503 for those that are new."),
        Setting(
            "streams.format", \.plans.common.format, .choice,
            "What a line of a file is: json, always a JSON object; raw, a line of text as it came."
        ),
    ]

    private static let stamp = [
        Setting(
            "stamp.fields", listAt: \.stamp.fields, .choice, mayBeEmpty: true,
            "What each record of a json stream gets behind its own members: the time, the client's"
                + " address, the name of its token, the id of its request."),
        Setting(
            "stamp.prefix", \.stamp.prefix, .memberPrefix,
            "What these members' names begin with."),
    ]

    private static let rotation = [
        Setting(
            "rotation.when", \.plans.common.rotation.when, .when, flag: "when",
            "What interval counts: seconds, minutes, hours, days, midnights, or weeks that end on"
                + " a day of which Monday is W0."),
        Setting(
            "rotation.interval", \.plans.common.rotation.interval, .number(1...100_000),
            flag: "interval",
            "How many of them one file covers."),
        Setting(
            "rotation.at_time", \.plans.common.rotation.atTime,
            ValueFormat.timeOfDay.or([""], "empty for midnight"),
            flag: "at", "The time of day of the rollover, with MIDNIGHT and W0 to W6."),
        Setting(
            "rotation.utc", \.plans.common.rotation.isUTC, .boolean, flag: "utc",
            "Count in UTC rather than in a local time."),
        Setting(
            "rotation.timezone", \.timezone, .timeZone, flag: "timezone",
            "The zone whose days and hours count."),
        Setting(
            "rotation.aligned", \.plans.common.rotation.isAligned, .boolean, flag: "aligned",
            "Let S, M, H and D begin on the clock, as a file of hour 10 should hold 10:00 to"
                + " 11:00; false: count from the first record, as Python does."),
        Setting(
            "rotation.max_bytes", \.plans.common.rotation.maximumByteCount,
            ValueFormat.size(1...1 << 60).or(["0"], "0 for no limit"), flag: "max-bytes",
            "A file is rotated, too, before it grows beyond this; the further files of the same"
                + " interval end in .1, .2, ..."),
        Setting(
            "rotation.backup_count", \.plans.common.retention.backupCount, .number(0...1_000_000),
            flag: "backup-count",
            "How many rotated files of a stream are kept; 0: all. A limit that is given without the"
                + " others is the only one: 14 counts where neither this nor max_age nor"
                + " max_total_bytes is given."),
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
            "From 1, fastest, to 9, smallest."),
    ]

    private static let proxies = [
        Setting(
            "proxies.trusted", listAt: \.proxies.trusted, .trustedProxy, mayBeEmpty: true,
            "Who may say for which client a request or a connection is; others are the client"
                + " themselves, whatever they send."),
        Setting(
            "proxies.header", \.proxies.header, .choice,
            "The header field of their requests that names the client, read from the right; none:"
                + " they are the client."),
        Setting(
            "proxies.protocol", \.proxies.preamble, .choice,
            "Whether their connections begin with a header of the PROXY protocol, version 1 or 2;"
                + " required: without one they are closed."),
    ]

    private static let cors = [
        Setting(
            "cors.allow_origins", listAt: \.cors.allowOrigins, .allowedOrigin, mayBeEmpty: true,
            "Whose pages a browser lets send records and read the answers; none: those of this"
                + " origin alone. YAML wants quotation marks around *."),
        Setting(
            "cors.max_age", \.cors.maxAgeSeconds, .duration(0...86_400),
            "How long a browser may remember that it was allowed to."),
    ]

    private static let limits = [
        Setting(
            "limits.body_bytes", \.http.bodyByteCount, .size(1024...(1 << 30)),
            "The largest body of a request as sent; beyond: 413."),
        Setting(
            "limits.decoded_bytes", \.ingest.decodedByteCount, .size(1024...(1 << 30)),
            "The largest body once decompressed; beyond: 413."),
        Setting(
            "limits.record_bytes", \.ingest.recordByteCount, .size(256...(64 << 20)),
            "The longest record."),
        Setting(
            "limits.oversize_record", \.ingest.oversize, .choice,
            "What becomes of a longer one: reject it, or truncate it and mark it so."),
        Setting(
            "limits.request_line_bytes", \.http.requestLineByteCount, .size(256...(64 << 10)),
            "The longest request line; beyond: 414."),
        Setting(
            "limits.header_bytes", \.http.headerByteCount, .size(1024...(1 << 20)),
            "The most bytes in all header fields of a request; beyond: 431."),
        Setting(
            "limits.header_count", \.http.headerCount, .number(1...1000),
            "The most header fields of a request; beyond: 431."),
        Setting(
            "limits.connections", \.http.connections, .number(1...1_000_000),
            "The most connections of one worker."),
        Setting(
            "limits.connections_per_address", \.http.connectionsPerAddress,
            .number(0...1_000_000),
            "The most connections of one worker from one address, or one /64 network of IPv6;"
                + " beyond: 503; 0: any number. Trusted proxies and Unix sockets are exempt."),
        Setting(
            "limits.requests_in_flight", \.http.requestsInFlight, .number(1...1_000_000),
            "The most requests that one worker reads and answers at a time; beyond: 503."),
        Setting(
            "limits.buffered_bytes", \.http.bufferedByteCount, .size((64 << 10)...(1 << 40)),
            "The most bytes of requests and answers that one worker holds in memory; beyond: 503."),
        Setting(
            "limits.listen_backlog", \.http.listenBacklog, .number(1...65_535),
            "How many connections wait in the kernel; net.core.somaxconn caps it."),
        Setting(
            "limits.min_rate", \.http.minimumRate,
            .size(1...(1 << 30), or: (0, "0 for none")),
            "How many bytes a second a client must send of a body, and take of its answers, on"
                + " average; once it has lost timeouts.body against that: 408."),
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
            "After this time, give or take a tenth, a connection is closed with its next answer,"
                + " so that clients spread over workers again."),
        Setting(
            "timeouts.drain", \.http.drainTimeoutSeconds, timeout,
            "How long requests in flight may take at shutdown; Docker kills after 10 s."),
        Setting(
            "timeouts.stop_delay", \.timeouts.stopDelaySeconds, .duration(0...3600),
            "How long requests are still taken at shutdown while /readyz answers 503, so that load"
                + " balancers notice; comes on top of timeouts.drain."),
        Setting(
            "timeouts.watchdog", \.timeouts.watchdogSeconds, .duration(2...3600),
            "A process that gives no sign of life for so long is killed and replaced."),
    ]

    private static let timeout = ValueFormat<Int>.duration(1...86_400)

    private static let recycle = [
        Setting(
            "recycle.requests", \.recycle.requestCount,
            ValueFormat.number(1...1_000_000_000_000).or(["0"], "0 for never"),
            "A worker that has answered so many requests is replaced."),
        Setting(
            "recycle.memory", \.recycle.memoryByteCount,
            ValueFormat.size(1 << 20...1 << 40).or(["0"], "0 for never"),
            "A worker that holds so much memory which it shares with no other process is replaced."
        ),
    ]

    private static let system = [
        Setting(
            "disk.min_free", \.disk.minFreeByteCount,
            ValueFormat.size(0...(1 << 60)).or(["auto"], "auto for the larger of 64MiB and 1 %"),
            "Free space below which ingest answers 503, before the disk is full; 0: none."),
        Setting(
            "files.mode", \.files.mode, .mode(required: 0o600), "Permissions of new files."),
        Setting(
            "files.directory_mode", \.files.directoryMode, .mode(required: 0o700),
            "Permissions of new directories."),
        Setting(
            "files.socket_mode", \.files.socketMode, .mode(required: 0o600),
            "Permissions of Unix sockets of `user` and `group`: who may write may send logs."),
        Setting(
            "log.level", \.log.level, .choice, flag: "log-level",
            "The least severe of Cordwood's own messages that is printed to standard error."),
        Setting(
            "log.format", \.log.format, .choice, flag: "log-format",
            "How they look: text, json, or auto for text on a terminal and JSON elsewhere."),
    ]
}
