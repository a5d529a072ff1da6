// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Protocols

/// A path of the service: its methods, the rights that it needs, and its action.
///
/// The label in metrics, `Allow`, and the check against `openapi.yaml` follow from it. It is a
/// class because each request reads one, and a struct would be copied with everything in it.
final class Endpoint: Sendable {
    let pattern: PathPattern
    let methods: MethodSet
    let access: Access
    let action: Action
    /// The cost of its answer for a worker, in units of about 10 KB.
    let weight: Int
    /// Whether one answer serves all clients that ask at about the same time.
    let isShared: Bool
    /// Whether its bodies have their own reader.
    let hasReader: Bool
    /// Whether GET and HEAD get a `Welcome`.
    let welcomes: Bool
    /// The label of its requests in metrics.
    let label: String
    /// The place of the label among all labels.
    let labelPlace: Int
    /// The protocol of another service's clients; nil for the service's own paths.
    let foreign: Foreign?

    /// What the service does for a protocol of another service's clients.
    final class Foreign: Sendable {
        let ingest: any IngestProtocol
        let credentials: CredentialPlaces
        /// The stream of requests that name none; empty for the default stream.
        let stream: [UInt8]

        init(_ ingest: any IngestProtocol, stream: String?) {
            self.ingest = ingest
            credentials = ingest.credentials
            self.stream = Array((stream ?? "").utf8)
        }
    }

    init(
        pattern: PathPattern, methods: MethodSet, access: Access, action: Action, weight: Int = 0,
        isShared: Bool = false, hasReader: Bool = false, welcomes: Bool = false,
        foreign: Foreign? = nil
    ) {
        self.pattern = pattern
        let name = foreign.flatMap { $0.ingest.name }.map { "\($0)" }
        label = name ?? pattern.label
        labelPlace = Router.labels.firstIndex(of: label) ?? Router.labels.count - 1
        self.foreign = foreign
        self.methods = methods
        self.access = access
        self.action = action
        self.weight = weight
        self.isShared = isShared
        self.hasReader = hasReader
        self.welcomes = welcomes
    }

    /// The rights that a request needs, besides a path and a method.
    enum Access {
        /// The right to write, if tokens are required; the listeners for operators have no such
        /// path.
        case records
        /// Nothing, because programs that supervise the service have no secrets.
        case open
        /// What `observation.access` requires.
        case observation
        /// The same, on listeners with a page for browsers.
        case pageData
        /// Only a listener with a page. The page itself reveals nothing of the service, and asks
        /// for the token.
        case page
    }

    enum Action {
        /// Records are read from the body.
        case ingest(any IngestProtocol)
        case respond(Responder)
    }

    /// Makes an answer that does not depend on a body.
    struct Responder: Sendable {
        /// Why this query cannot be answered; nil if it can.
        ///
        /// The query is in the range of the bytes.
        var mistake: @Sendable (_ query: Span<UInt8>) -> Problem? = { _ in nil }
        /// Appends the body of the answer to `text`.
        var respond:
            @Sendable (
                _ service: ServiceState, _ query: Span<UInt8>, _ text: inout ByteBuffer
            ) throws(Problem) -> Response
    }
}

extension Endpoint {
    /// A path that is only read.
    static func get(
        _ path: StaticString, _ access: Access, weight: Int, isShared: Bool = false,
        mistake: @escaping @Sendable (Span<UInt8>) -> Problem? = { _ in nil },
        respond:
            @escaping @Sendable (ServiceState, Span<UInt8>, inout ByteBuffer) throws(Problem) ->
            Response
    ) -> Endpoint {
        Endpoint(
            pattern: .exact(path), methods: [.get, .head], access: access,
            action: .respond(Responder(mistake: mistake, respond: respond)), weight: weight,
            isShared: isShared)
    }

    /// The paths of a protocol.
    ///
    /// - Parameter welcome: the one whose GET gets a `Welcome`.
    static func ingest(
        _ ingest: any IngestProtocol, welcome: StaticString? = nil, stream: String? = nil
    ) -> [Endpoint] {
        let foreign = ingest.name.map { _ in Foreign(ingest, stream: stream) }
        return ingest.paths.map { path in
            let welcomes = welcome.map { path.pattern.label == "\($0)" } ?? false
            return Endpoint(
                pattern: path.pattern, methods: path.methods.union(welcomes ? [.get] : []),
                access: .records, action: .ingest(ingest), hasReader: ingest.hasReader,
                welcomes: welcomes, foreign: foreign)
        }
    }

    /// Whether the path accepts records.
    var isIngest: Bool { access == .records }

    /// Whether it exists only on listeners with a page.
    var isOfPage: Bool { access == .page || access == .pageData }

    /// Whether a request with this method gets a `Welcome`.
    @inline(__always)
    func welcomes(_ method: HTTP.Method) -> Bool {
        welcomes && (method == .get || method == .head)
    }

    /// Whether a request with this method would write something.
    func bringsRecords(_ method: HTTP.Method) -> Bool {
        guard isIngest, methods.contains(method), !welcomes(method) else { return false }
        return method == .post || method == .put || method == .get
    }
}
