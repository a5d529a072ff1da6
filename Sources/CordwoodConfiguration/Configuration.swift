import Logging
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
    /// A name or a number; empty: whoever started the service.
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
    package var stamp = Stamp()
    package var compression = Compression()
    package var proxies = Proxies()
    package var cors = CORS()
    package var limits = Limits()
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
        /// Each with its chain behind it.
        package var certificates: [String] = []
        /// In the order of the certificates; empty: each is in its certificate's file.
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
        /// Empty: whoever reaches a listener may write.
        package var tokensFile = ""
        /// Wrong secrets that one address may send in `failureWindowSeconds`.
        package var maxFailures = 10
        package var failureWindowSeconds = 60
    }

    package struct Observation: Sendable, Equatable {
        package var access = Access.open

        package enum Access: String, Sendable, CaseIterable {
            /// To whoever reaches a listener.
            case open
            /// With a token that may observe.
            case token
            /// On `admin.listen` alone.
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

    /// What Cordwood knows of a record and adds to it.
    package struct Stamp: Sendable, Equatable {
        package var fields: [Field] = []
        package var prefix = "cordwood_"

        package enum Field: String, Sendable, CaseIterable {
            case receivedAt = "received_at"
            case client
            case token
            case requestID = "request_id"
        }
    }

    package struct Compression: Sendable, Equatable {
        package var isEnabled = true
        package var level = 6
    }

    /// Whose word is taken on who the client is.
    package struct Proxies: Sendable, Equatable {
        package var trusted: [TrustedProxy] = []
        package var header = Header.none
        package var preamble = Preamble.off

        /// The field of each request that says it.
        package enum Header: String, Sendable, CaseIterable {
            case none
            case forwardedFor = "x-forwarded-for"
            case forwarded
        }

        /// The PROXY protocol, which says it once for a connection.
        package enum Preamble: String, Sendable, CaseIterable {
            case off, required
        }
    }

    /// Which pages of other origins a browser lets read the answers.
    package struct CORS: Sendable, Equatable {
        package var allowOrigins: [AllowedOrigin] = []
        /// How long a browser may remember what a preflight was answered.
        package var maxAgeSeconds = 600
    }

    package struct Limits: Sendable, Equatable {
        package var bodyByteCount = 32 << 20
        package var decodedByteCount = 64 << 20
        package var recordByteCount = 1 << 20
        package var oversizeRecord = OversizeRecord.reject
        package var requestLineByteCount = 16 << 10
        package var headerByteCount = 32 << 10
        package var headerCount = 100
        /// For each worker.
        package var connections = 4096
        /// For each worker and address; 0: any number.
        package var connectionsPerAddress = 0
        /// For each worker.
        package var requestsInFlight = 1024
        /// For each worker.
        package var bufferedByteCount = 256 << 20
        package var listenBacklog = 1024
        /// Each second; `nil`: any rate will do.
        package var minRateByteCount: Int? = 240
    }

    package enum OversizeRecord: String, Sendable, CaseIterable {
        case reject, truncate
    }

    package struct Timeouts: Sendable, Equatable {
        package var headerSeconds = 10
        package var bodySeconds = 30
        package var keepAliveSeconds = 75
        package var connectionAgeSeconds = 300
        package var drainSeconds = 8
        /// Between TERM and the drain, when requests are still taken but /readyz says 503.
        package var stopDelaySeconds = 0
        /// Without a heartbeat for so long, a process is killed and replaced.
        package var watchdogSeconds = 30
    }

    /// When a worker is replaced before anything is wrong with it.
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
        package var mode: UInt32 = 0o640
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
