import HTTP
import Logging

/// Who may do what, asked before anything else is looked at.
extension Worker {
    /// What a sender is answered who may not do what the request asks for; nil if it may, and
    /// `sender` is set then where a token was needed.
    func denial(
        _ route: Route, _ head: inout RequestHead, _ bytes: Span<UInt8>, from peer: Peer
    ) -> Answer.Content? {
        if route.isIngest {
            // Where operators look, records have no place.
            if peer.role.isAdmin { return .failure(.noSuchPath(.administration)) }
            guard let gatekeeper, route.bringsRecords(head.method) else { return nil }
            return content(of: decideWriting(gatekeeper, route, head, bytes, peer), &head, peer)
        }
        guard route.isProtected else { return nil }
        switch settings.observation.access {
        case .open: return nil
        case .admin: return peer.role.isAdmin ? nil : .failure(.noSuchPath(.records))
        case .token:
            guard let gatekeeper, !route.asksForToken else { return nil }
            return content(of: gatekeeper.decideObserving(head, bytes, from: peer), &head, peer)
        }
    }

    private func decideWriting(
        _ gatekeeper: Gatekeeper, _ route: Route, _ head: RequestHead, _ bytes: Span<UInt8>,
        _ peer: Peer
    ) -> Gatekeeper.Decision {
        if case .stream(let range) = route {
            return gatekeeper.decide(
                writing: bytes.extracting(range), head, bytes, from: peer)
        }
        let name = defaultStream
        return gatekeeper.decide(writing: name.span, head, bytes, from: peer)
    }

    private func content(
        of decision: Gatekeeper.Decision, _ head: inout RequestHead, _ peer: Peer
    ) -> Answer.Content? {
        switch decision {
        case .admitted(let token):
            head.sender = Int32(token)
            return nil
        case .refused(let refusal, let token):
            head.sender = Int32(token ?? -1)
            say(refusal, token, peer)
            return .denied(refusal)
        }
    }

    /// At once where there was none of its kind lately, else now and then.
    ///
    /// What was sent instead of a secret is not said: it may be one, with a letter too much.
    private func say(_ refusal: AccessRefusal, _ token: Int?, _ peer: Peer) {
        guard let repeated = accessLog.note(refusal.kind, now: Self.monotonicSeconds) else {
            return
        }
        var metadata: Logger.Metadata = ["peer": "\(Self.text(of: peer))"]
        if let name = token.flatMap({ gatekeeper?.token($0)?.name }) {
            metadata["token"] = "\(name)"
        }
        if repeated > 0 { metadata["repeated"] = "\(repeated)" }
        log.notice("a request is refused: \(refusal.reason)", metadata: metadata)
    }
}

extension Route {
    /// Whether `observation.access` counts for it: `/livez` and `/readyz` are for probes, which
    /// have no secrets.
    var isProtected: Bool {
        switch self {
        case .health, .metrics: true
        default: isOfPage
        }
    }

    /// Whether it may be had without a token all the same: a browser has none before the page has
    /// asked for it, and the page itself says nothing of the service.
    var asksForToken: Bool { self == .page }

    /// Whether a request with this method and path would write something.
    func bringsRecords(_ method: HTTP.Method) -> Bool {
        switch method {
        case .post: isIngest
        case .put: isIngest && self != .log
        case .get: self == .log
        default: false
        }
    }
}
