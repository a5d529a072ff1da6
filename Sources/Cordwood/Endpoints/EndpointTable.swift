import Protocols

extension Endpoint {
    /// All paths that the service has; a new one is a line here, and one in `openapi.yaml`.
    static let all: [Endpoint] =
        ingest(NativeProtocol()) + [
            alive, ready, health, metrics, page, streamList, tail, contract,
        ]
}
