import HTTP

/// What a request's path means.
enum Route: Equatable {
    /// `/logs` and its alias `/`: the default stream.
    case logs
    case root
    /// `/logs/{stream}`, with the name's place in the head.
    case stream(Range<Int>)
    /// `/log`: one record from the query or a form, as Python's `HTTPHandler` sends it.
    case log
    case livez, readyz, health, metrics
    /// `/ui` for a browser, and what it asks for: `/ui/streams`, `/ui/tail`.
    case page, streamList, tail
    /// `/openapi.yaml`: the contract.
    case contract
    case other

    /// The labels of the routes in metrics.
    static let labels: [StaticString] = [
        "/logs", "/", "/logs/{stream}", "/log", "/livez", "/readyz", "/health", "/metrics",
        "/ui", "/ui/streams", "/ui/tail", "/openapi.yaml", "other",
    ]

    /// The place of the route's label among `labels`.
    var labelIndex: Int {
        switch self {
        case .logs: 0
        case .root: 1
        case .stream: 2
        case .log: 3
        case .livez: 4
        case .readyz: 5
        case .health: 6
        case .metrics: 7
        case .page: 8
        case .streamList: 9
        case .tail: 10
        case .contract: 11
        case .other: 12
        }
    }

    /// Whether records can be sent there.
    var isIngest: Bool {
        switch self {
        case .logs, .root, .stream, .log: true
        case .livez, .readyz, .health, .metrics, .page, .streamList, .tail, .contract, .other:
            false
        }
    }

    /// Whether it is there for those alone who may see the page.
    var isOfPage: Bool {
        switch self {
        case .page, .streamList, .tail: true
        default: false
        }
    }

    /// How much its answer adds to what a worker has to make and to send: about 10 KB each.
    var observationWeight: Int {
        switch self {
        case .contract: 8
        case .tail, .streamList: 4
        case .page, .metrics: 2
        case .livez, .readyz, .health: 1
        case .logs, .root, .stream, .log, .other: 0
        }
    }

    /// Reads the path of `head`.
    ///
    /// A path that is percent-encoded is none of ours: no name that is allowed needs it, and two
    /// spellings of one path are one too many.
    init(_ head: RequestHead, _ bytes: Span<UInt8>) {
        let path = bytes.extracting(head.path)
        switch path.count {
        case 1: self = path.equals("/") ? .root : .other
        case 3: self = path.equals("/ui") ? .page : .other
        case 4: self = path.equals("/log") ? .log : .other
        case 5: self = path.equals("/logs") ? .logs : .other
        case 6 where path.equals("/livez"): self = .livez
        case 7 where path.equals("/readyz"): self = .readyz
        case 7 where path.equals("/health"): self = .health
        case 8 where path.equals("/metrics"): self = .metrics
        case 8 where path.equals("/ui/tail"): self = .tail
        case 11 where path.equals("/ui/streams"): self = .streamList
        case 13 where path.equals("/openapi.yaml"): self = .contract
        default:
            let prefix: StaticString = "/logs/"
            guard path.count > prefix.utf8CodeUnitCount,
                path.extracting(..<prefix.utf8CodeUnitCount).equals(prefix)
            else {
                self = .other
                return
            }
            self = .stream(head.path.lowerBound + prefix.utf8CodeUnitCount..<head.path.upperBound)
        }
    }

    /// The methods that there are at all.
    static var allMethods: StaticString { "GET, POST, PUT, HEAD, OPTIONS" }

    /// The methods that the route has, as `Allow` lists them.
    var allow: StaticString {
        switch self {
        case .logs, .root, .stream: "POST, PUT, HEAD, OPTIONS"
        case .log: "GET, POST, HEAD, OPTIONS"
        default: "GET, HEAD"
        }
    }
}

extension Span<UInt8> {
    /// Whether these are the bytes of `literal`.
    func equals(_ literal: StaticString) -> Bool {
        guard count == literal.utf8CodeUnitCount else { return false }
        for index in 0..<count where self[index] != literal.utf8Start[index] { return false }
        return true
    }

    /// Whether these are the bytes of `other`.
    func equals(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in 0..<count where self[index] != other[index] { return false }
        return true
    }

    /// Whether these end with the bytes of `literal`.
    func hasSuffix(_ literal: StaticString) -> Bool {
        let length = literal.utf8CodeUnitCount
        return count >= length && extracting((count - length)...).equals(literal)
    }
}
