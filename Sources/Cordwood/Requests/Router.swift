// SPDX-License-Identifier: Apache-2.0

import HTTP
import Protocols

/// Finds the endpoint of a path.
struct Router {
    let endpoints: [Endpoint]
    /// The labels of all endpoints in metrics, and `other` for unknown paths.
    static let labels: [String] = Endpoint.all.map(\.pattern.label) + ["other"]

    /// Endpoints with an exact path, by the length of the path.
    private let byLength: [[UInt8]]
    /// Endpoints whose path contains the name of a stream.
    private let withStream: [UInt8]

    /// The result for a path.
    struct Match: Equatable {
        /// The place of the endpoint; that of `other` if the path is unknown.
        let route: Int
        /// Where the name of the stream is in the head; empty if the path names none.
        var stream = 0..<0
    }

    init(_ endpoints: [Endpoint] = Endpoint.all) {
        precondition(endpoints.count < 255, "a ticket has a byte for the place of an endpoint")
        self.endpoints = endpoints
        let places = endpoints.indices.map { (UInt8($0), endpoints[$0].pattern.byteCount) }
        withStream = places.filter { $0.1 == nil }.map(\.0)
        let longest = places.compactMap(\.1).max() ?? 0
        byLength = (0...longest).map { length in
            places.filter { $0.1 == length }.map(\.0)
        }
    }

    /// The place of `other`, which has no endpoint.
    var other: Int { endpoints.count }

    /// Finds the endpoint of the path in `head`.
    func match(_ head: RequestHead, _ bytes: Span<UInt8>) -> Match {
        let path = bytes.extracting(head.path)
        if path.count < byLength.count {
            for place in byLength[path.count]
            where endpoints[Int(place)].pattern.match(path) != nil {
                return Match(route: Int(place))
            }
        }
        for place in withStream where endpoints[Int(place)].pattern.match(path) != nil {
            return Match(route: Int(place), stream: stream(of: Int(place), head))
        }
        return Match(route: other)
    }

    /// Where the name of the stream is in a head for which `route` was found.
    func stream(of route: Int, _ head: RequestHead) -> Range<Int> {
        endpoints[route].pattern.stream(in: head.path)
    }
}
