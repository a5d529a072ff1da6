// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import HTTP
import Protocols

/// Finds the endpoint of a path.
struct Router {
    let endpoints: [Endpoint]
    /// The labels in metrics: the service's own paths, the names of protocols, whether or not they
    /// are enabled, and `other` for unknown paths.
    static let labels: [String] =
        ["/logs", "/", "/logs/{stream}", "/log", "/livez", "/readyz", "/health", "/metrics", "/ui"]
        + ["/ui/streams", "/ui/tail", "/openapi.yaml"]
        + Configuration.Protocols.Name.allCases.map(\.rawValue) + ["other"]

    /// Endpoints with an exact path, by the length of the path.
    private let byLength: [[UInt8]]
    /// Endpoints whose paths follow a template.
    private let templates: [UInt8]
    /// The endpoint of `/logs/{stream}`.
    private let ofStreams: Int
    /// The endpoints of protocols whose clients ask for `/`, where the service has its welcome.
    private let claimants: [Int]

    /// The result for a path.
    struct Match: Equatable {
        /// The place of the endpoint; that of `other` if the path is unknown.
        let route: Int
        /// Where the name of the stream is in the head; empty if the path names none.
        var stream = 0..<0
        /// Where the path is without the name of a stream in front.
        var rest = 0..<0
    }

    init(_ endpoints: [Endpoint] = Endpoint.all()) {
        precondition(endpoints.count < 255, "a ticket has a byte for the place of an endpoint")
        self.endpoints = endpoints
        let places = endpoints.indices.map { (UInt8($0), endpoints[$0].pattern) }
        ofStreams = endpoints.firstIndex { $0.pattern == .stream } ?? endpoints.count
        claimants = endpoints.indices.filter {
            endpoints[$0].foreign != nil && endpoints[$0].pattern == .exact("/")
        }
        templates = places.compactMap { place, pattern in
            if case .template = pattern { place } else { nil }
        }
        let longest = places.compactMap(\.1.byteCount).max() ?? 0
        byLength = (0...longest).map { length in
            places.filter { $0.1.byteCount == length }.map(\.0)
        }
    }

    /// The place of `other`, which has no endpoint.
    var other: Int { endpoints.count }

    /// Finds the endpoint of the path in `head`.
    func match(_ head: RequestHead, _ bytes: Span<UInt8>) -> Match {
        let parts = StreamPath(head.path, in: bytes)
        if parts.stream.isEmpty {
            let place = place(of: bytes.extracting(head.path))
            if place < other {
                let claimed = claimant(at: place, head, bytes)
                return Match(route: claimed ?? place, rest: parts.rest)
            }
            // A name that begins with `_` is invalid, which its endpoint tells the client.
            return endpoints.indices.contains(ofStreams)
                && endpoints[ofStreams].pattern.matches(bytes.extracting(head.path))
                ? Match(route: ofStreams, stream: StreamPath.stream(in: head.path))
                : Match(route: other)
        }
        if !parts.rest.isEmpty {
            let place = place(of: bytes.extracting(parts.rest))
            // Only the protocols of other services are behind the name of a stream.
            if place < other, endpoints[place].foreign != nil {
                return Match(route: place, stream: parts.stream, rest: parts.rest)
            }
        }
        return Match(route: ofStreams, stream: StreamPath.stream(in: head.path))
    }

    /// The place of the protocol whose client asks for the endpoint at `place`; nil if that has no
    /// welcome, or a person asks.
    @inline(__always)
    private func claimant(at place: Int, _ head: RequestHead, _ bytes: Span<UInt8>) -> Int? {
        guard endpoints[place].welcomes(head.method) else { return nil }
        return claimants.first { endpoints[$0].foreign?.ingest.claims(head, bytes) ?? false }
    }

    /// The place of the endpoint of a path that names no stream.
    private func place(of path: Span<UInt8>) -> Int {
        if path.count < byLength.count {
            for place in byLength[path.count] where endpoints[Int(place)].pattern.matches(path) {
                return Int(place)
            }
        }
        for place in templates where endpoints[Int(place)].pattern.matches(path) {
            return Int(place)
        }
        return other
    }

    /// The parts of the path in a head for which `route` was found.
    @inline(__always)
    func parts(of route: Int, _ head: RequestHead, _ bytes: Span<UInt8>) -> StreamPath {
        guard endpoints[route].foreign == nil else { return StreamPath(head.path, in: bytes) }
        return route == ofStreams
            ? StreamPath(named: head.path) : StreamPath(head.path)
    }
}
