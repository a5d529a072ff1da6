import Bytes
import HTTP
import Protocols

/// A path of the service: which methods it has, what a client needs for it, and what it does.
///
/// The label in metrics, `Allow`, and the check against `openapi.yaml` follow from it. It is a class
/// because each request looks at one, which would be copied with all that it holds.
final class Endpoint: Sendable {
    let pattern: PathPattern
    let methods: MethodSet
    let access: Access
    let action: Action
    /// How much its answer adds to what a worker has to make and to send: about 10 KB each.
    let weight: Int
    /// Whether an answer is made once for all clients that ask at about the same time.
    let isShared: Bool
    /// Whether its bodies have a reader of their own.
    let hasReader: Bool

    init(
        pattern: PathPattern, methods: MethodSet, access: Access, action: Action, weight: Int = 0,
        isShared: Bool = false, hasReader: Bool = false
    ) {
        self.pattern = pattern
        self.methods = methods
        self.access = access
        self.action = action
        self.weight = weight
        self.isShared = isShared
        self.hasReader = hasReader
    }

    /// What a request needs beside a path and a method.
    enum Access {
        /// The right to write, where tokens are needed; the listeners for operators have no such path.
        case records
        /// Nothing: programs that look after the service have no secrets.
        case open
        /// What `observation.access` asks for.
        case observation
        /// The same, where there is a page for browsers.
        case pageData
        /// That there is a page. It says nothing of the service, and asks for the token itself.
        case page
    }

    enum Action {
        /// Records are read from the body.
        case ingest(any IngestProtocol)
        case respond(Responder)
    }

    /// Makes an answer that does not depend on a body.
    struct Responder: Sendable {
        /// Why this query cannot be answered; nil: it can.
        ///
        /// The query lies in the range of the bytes.
        var mistake: @Sendable (_ query: Span<UInt8>) -> Problem? = { _ in nil }
        /// Appends the body of the answer to `text`.
        var respond:
            @Sendable (
                _ service: ServiceState, _ query: Span<UInt8>, _ text: inout ByteBuffer
            ) throws(Problem) -> Response
    }
}

extension Endpoint {
    /// A path that is read.
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
    static func ingest(_ ingest: some IngestProtocol) -> [Endpoint] {
        ingest.paths.map {
            Endpoint(
                pattern: $0.pattern, methods: $0.methods, access: .records,
                action: .ingest(ingest), hasReader: ingest.hasReader)
        }
    }

    /// Whether records can be sent there.
    var isIngest: Bool { access == .records }

    /// Whether it is there only where there is a page.
    var isOfPage: Bool { access == .page || access == .pageData }

    /// Whether a request with this method would write something.
    func bringsRecords(_ method: HTTP.Method) -> Bool {
        guard isIngest, methods.contains(method) else { return false }
        return method == .post || method == .put || method == .get
    }
}
