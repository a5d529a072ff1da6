// SPDX-License-Identifier: Apache-2.0

import HTTP
import Ingest
import Logging
import RotatingFile
import Streams

/// Everything an operator can choose, as typed values; the initial values are the defaults.
///
/// `Settings` names, describes and bounds each of them for the file, the environment and flags.
package struct Configuration: Sendable, Equatable {
    package var listen = [ListenAddress(host: "127.0.0.1", port: 8080)]
    package var admin = Admin()
    package var tls = TLS()
    package var page = Page()
    package var auth = Auth()
    package var observation = Observation()
    package var directory = "./logs"
    /// `nil`: one for each processor that the process may use.
    package var workers: Int?
    /// A name or a number; empty: the user that started the service.
    package var user = ""
    /// A name or a number; empty: the group of `user`.
    package var group = ""
    /// Empty: none.
    package var pidFile = ""
    package var streams = Streams()
    /// The plan of all streams, and those of single ones.
    package var plans = PlanTable(StreamPlan())
    /// The zone whose days and hours count: an IANA name; empty: the host's zone.
    package var timezone = ""
    package var protocols = Protocols()
    package var stamp = Stamp()
    package var sealing = Sealer.Options()
    package var proxies = Proxies()
    package var cors = CORS()
    /// The limits of connections and requests, timeouts among them.
    package var http = HTTP.Limits()
    /// The limits of bodies and records.
    package var ingest = IngestLimits()
    package var timeouts = Timeouts()
    package var recycle = Recycle()
    package var disk = Disk()
    package var files = Files()
    package var log = Log()

    package init() {}

    /// How many workers to fork.
    package var workerCount: Int { workers ?? min(ProcessorCount.available(), 512) }
}

extension Configuration {
    package struct Admin: Sendable, Equatable {
        package var listen: [ListenAddress] = []
    }

    package struct TLS: Sendable, Equatable {
        package var listen: [ListenAddress] = []
        /// Files of a certificate, followed by its chain.
        package var certificates: [String] = []
        /// In the order of the certificates; empty: each key is in the file of its certificate.
        package var keys: [String] = []
        package var minVersion = Version.tls12
        package var clientAuth = ClientAuth.none
        /// Empty: none.
        package var clientCA = ""

        package enum Version: String, Sendable, CaseIterable {
            case tls12 = "1.2"
            case tls13 = "1.3"
        }

        package enum ClientAuth: String, Sendable, CaseIterable {
            case none, optional, required
        }
    }

    /// The page for browsers.
    package struct Page: Sendable, Equatable {
        /// On the listeners of clients; those of `admin.listen` always have it.
        package var isEnabled = false
    }

    package struct Auth: Sendable, Equatable {
        /// Empty: every client that reaches a listener may write.
        package var tokensFile = ""
        /// Wrong secrets that one address may send in `failureWindowSeconds`.
        package var maxFailures = 10
        package var failureWindowSeconds = 60
    }

    package struct Observation: Sendable, Equatable {
        package var access = Access.open

        package enum Access: String, Sendable, CaseIterable {
            /// Every client that reaches a listener may observe.
            case open
            /// A client needs a token that may observe.
            case token
            /// Observing is possible only on `admin.listen`.
            case admin
        }
    }

    package struct Streams: Sendable, Equatable {
        package var defaultStream = "app"
        /// The streams that clients may write to.
        package var allow = [StreamPattern.any]
        package var maxOpen = 64
        package var maxCount = 1000
    }

    /// The protocols of other services' clients.
    package struct Protocols: Sendable, Equatable {
        /// The options that differ from the defaults.
        private var options: [Name: Options] = [:]
        package var acceptsSecretsInURLs = false
        /// The version that clients of Elasticsearch are told.
        package var elasticsearchVersion = "8.19.0"
        package var keepsElasticsearchMetadata = true
        package var acknowledgesSplunk = false

        package init() {}

        package enum Name: String, Sendable, CaseIterable {
            case otlp, elasticsearch, loki, splunk, datadog, gelf, firehose, logplex
        }

        /// What every protocol has.
        package struct Options: Sendable, Equatable {
            package var isEnabled = true
            /// The stream of requests that name none; `nil`: `streams.default`.
            package var stream: String?
        }

        package subscript(name: Name) -> Options {
            get { options[name] ?? Options() }
            set { options[name] = newValue == Options() ? nil : newValue }
        }
    }

    /// The facts about a request that Cordwood adds to its records.
    package struct Stamp: Sendable, Equatable {
        package var fields: [Field] = []
        /// Those that records of text get as well.
        package var textFields = [Field.receivedAt]
        package var prefix = "cordwood_"

        package enum Field: String, Sendable, CaseIterable {
            case receivedAt = "received_at"
            case client
            case token
            case requestID = "request_id"
            case host
        }
    }

    /// The proxies that Cordwood believes when they name the client.
    package struct Proxies: Sendable, Equatable {
        package var trusted: [TrustedProxy] = []
        package var header = Header.none
        package var preamble = Preamble.off

        /// The header field of each request that names the client.
        package enum Header: String, Sendable, CaseIterable {
            case none
            case forwardedFor = "x-forwarded-for"
            case forwarded
        }

        /// The PROXY protocol, which names the client once for a connection.
        package enum Preamble: String, Sendable, CaseIterable {
            case off, required
        }
    }

    /// The pages of other origins that may read the answers.
    package struct CORS: Sendable, Equatable {
        package var allowOrigins: [AllowedOrigin] = []
        /// How long a browser may remember the answer to a preflight.
        package var maxAgeSeconds = 600
    }

    /// The timeouts of the master; those of connections are in `http`.
    package struct Timeouts: Sendable, Equatable {
        /// Between TERM and the drain: requests are still accepted, but /readyz answers 503.
        package var stopDelaySeconds = 0
        /// A process without a heartbeat for this time is killed and replaced.
        package var watchdogSeconds = 30
    }

    /// The limits after which a healthy worker is replaced.
    package struct Recycle: Sendable, Equatable {
        /// `nil`: never.
        package var requestCount: Int?
        /// Private resident bytes; `nil`: never.
        package var memoryByteCount: Int?

        package init() {}
    }

    package struct Disk: Sendable, Equatable {
        /// `nil`: the larger of 64 MiB and 1 % of the file system.
        package var minFreeByteCount: Int?

        /// Below this many free bytes ingest answers 503.
        package func minFree(ofTotal totalByteCount: Int) -> Int {
            minFreeByteCount ?? max(64 << 20, totalByteCount / 100)
        }
    }

    package struct Files: Sendable, Equatable {
        package var mode: UInt32 = RotatingFile.Options().mode
        package var directoryMode: UInt32 = 0o750
        package var socketMode: UInt32 = 0o660
    }

    package struct Log: Sendable, Equatable {
        package var level = Logger.Level.info
        package var format = LogFormat.auto
    }

    package enum LogFormat: String, Sendable, CaseIterable {
        /// Text on a terminal, JSON elsewhere.
        case auto
        case text, json
    }
}
