// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import CordwoodConfiguration

@Suite struct SettingsTests {
    @Test func `names are unique in every form`() {
        let names = [
            Settings.all.map(\.key), Settings.all.map(\.environmentName),
            Settings.all.compactMap(\.flag),
        ]
        for form in names { #expect(Set(form).count == form.count) }
    }

    @Test(arguments: [
        ("ack", "CORDWOOD_ACK"), ("rotation.backup_count", "CORDWOOD_ROTATION_BACKUP_COUNT"),
        ("streams.max_open", "CORDWOOD_STREAMS_MAX_OPEN"),
    ])
    func `the variable follows from the key`(key: String, variable: String) {
        #expect(Settings.named(key)?.environmentName == variable)
    }

    /// Else a default could be printed that cannot be configured.
    @Test(arguments: Settings.all)
    func `the default of a setting is allowed`(setting: Setting) throws {
        var configuration = Configuration()
        try setting.assign(setting.defaultTexts, &configuration)
        #expect(configuration == Configuration())
    }

    /// Else a setting could change another one's value, or nothing.
    @Test func `every setting changes a value of its own`() throws {
        let others = [
            "listen": "[::1]:1", "directory": "x", "workers": "7", "ack": "fsync",
            "streams.default": "x", "streams.allow": "x", "streams.format": "raw",
            "rotation.when": "H", "rotation.at_time": "01:02", "rotation.utc": "true",
            "rotation.timezone": "UTC", "rotation.aligned": "no", "rotation.max_age": "1h",
            "rotation.max_total_bytes": "1GB", "compression.enabled": "no",
            "limits.oversize_record": "truncate", "disk.min_free": "0", "files.mode": "0600",
            "files.directory_mode": "0700", "files.socket_mode": "0600", "user": "www-data",
            "group": "7", "pid_file": "x", "limits.buffered_bytes": "1GiB",
            "recycle.memory": "64MiB", "admin.listen": "[::1]:1", "log.level": "trace",
            "log.format": "json", "tls.listen": "[::1]:1", "tls.certificates": "x",
            "tls.keys": "x", "tls.min_version": "1.3", "tls.client_auth": "required",
            "tls.client_ca": "x", "ui.enabled": "yes", "proxies.trusted": "10.0.0.0/8",
            "proxies.header": "forwarded", "proxies.protocol": "required",
            "stamp.fields": "token", "stamp.text_fields": "host", "auth.tokens_file": "x",
            "auth.failure_window": "7s",
            "observation.access": "token", "cors.allow_origins": "*", "cors.max_age": "7s",
            "protocols.secrets_in_urls": "yes",
            "protocols.elasticsearch.version": "7.10.2",
            "protocols.elasticsearch.metadata": "no", "protocols.splunk.ack": "yes",
        ]
        for setting in Settings.all {
            let isDuration = setting.section == "timeouts"
            let text =
                others[setting.key]
                ?? (isDuration
                    ? "7s"
                    : setting.name.hasSuffix("bytes")
                        ? "2KiB"
                        : setting.name == "enabled" ? "no" : setting.name == "stream" ? "x" : "7")
            var configuration = Configuration()
            try setting.assign([text], &configuration)
            let changed = Settings.all.filter { $0.texts(configuration) != $0.defaultTexts }
            // A limit that is given without a number of files is the only one.
            let otherLimits = ["rotation.max_age", "rotation.max_total_bytes"]
            let follows = otherLimits.contains(setting.key) ? ["rotation.backup_count"] : []
            #expect(Set(changed.map(\.key)) == Set([setting.key] + follows))
        }
    }

    @Test func `the server gets the trusted proxies and their header`() throws {
        let yaml = """
            limits: {connections_per_address: 7}
            proxies: {trusted: [10.0.0.0/8, "::1", unix], header: forwarded, protocol: required}
            """
        let configuration = try load(yaml).effective.configuration
        #expect(configuration.http.connectionsPerAddress == 7)
        let proxies = configuration.trustedProxies
        #expect(proxies.networks.map(\.description) == ["10.0.0.0/8", "::1"])
        #expect(proxies.includesUnixSockets && proxies.sendHeader && proxies.field == .forwarded)
    }

    @Test(arguments: ["{header: forwarded}", "{protocol: required}"])
    func `a header of proxies needs a trusted proxy`(proxies: String) {
        #expect(throws: ConfigurationError.self) { try load("proxies: \(proxies)") }
    }

    @Test func `every part gets its configured values`() throws {
        let yaml = """
            limits:
              {body_bytes: 1001KiB, decoded_bytes: 1002KiB,
               expanded_bytes: 1003MiB, record_bytes: 1000KiB, header_count: 4,
               oversize_record: truncate, request_line_bytes: 5KiB, header_bytes: 6KiB,
               connections: 7, listen_backlog: 8, min_rate: 9KiB}
            timeouts: {header: 9s, body: 10m, keep_alive: 11s, connection_age: 12s, drain: 13s}
            """
        let configuration = try load(yaml).effective.configuration
        let http = configuration.http
        #expect(http.bodyByteCount == 1001 << 10)
        #expect(http.requestLineByteCount == 5 << 10 && http.headerByteCount == 6 << 10)
        #expect(http.headerCount == 4 && http.connections == 7 && http.listenBacklog == 8)
        #expect(http.minimumRate == 9 << 10)
        #expect(http.headerTimeoutSeconds == 9 && http.bodyTimeoutSeconds == 600)
        #expect(http.keepAliveTimeoutSeconds == 11 && http.connectionAgeSeconds == 12)
        #expect(http.drainTimeoutSeconds == 13)
        let ingest = configuration.ingestLimits
        #expect(ingest.decodedByteCount == 1002 << 10 && ingest.recordByteCount == 1000 << 10)
        #expect(ingest.oversize == .truncate)
        #expect(ingest.expandedByteCount == 1003 << 20 && ingest.batchByteCount == 96 << 20)
    }

    @Test func `the reference page is generated from the table`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appendingPathComponent("docs/configuration.md"), encoding: .utf8)
        #expect(page == ConfigurationReference.page(), "run `make reference`")
    }

    @Test func `the reference page has every setting once`() {
        let page = ConfigurationReference.page()
        for setting in Settings.all {
            #expect(page.components(separatedBy: "| `\(setting.key)`<br>").count == 2)
        }
    }
}
