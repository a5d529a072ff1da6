// SPDX-License-Identifier: Apache-2.0

import Access
import CordwoodConfiguration
import HTTP
import Linux
import Logging
import Protocols
import Streams

/// Decides from the head of a request whether its body will be read, or what the answer is.
struct Admission {
    /// The decision.
    enum Verdict {
        case readBody
        case answer(Reply.Content)
    }

    let router: Router
    /// Nil if no token is required.
    let gatekeeper: Gatekeeper?
    private let isPageEnabled: Bool
    private let observation: Configuration.Observation.Access
    private let streams: StreamAccess
    private let defaultStream: [UInt8]
    private let acceptsSecretsInURLs: Bool
    private let service: ServiceState
    private let turn: Turn
    private var denials: DenialLog

    init(
        _ settings: Configuration, _ router: Router, _ gatekeeper: Gatekeeper?,
        _ streams: StreamAccess, _ service: ServiceState, _ turn: Turn
    ) {
        self.router = router
        self.gatekeeper = gatekeeper
        self.streams = streams
        self.service = service
        self.turn = turn
        isPageEnabled = settings.page.isEnabled
        observation = settings.observation.access
        defaultStream = Array(settings.streams.defaultStream.utf8)
        acceptsSecretsInURLs = settings.protocols.acceptsSecretsInURLs
        denials = DenialLog(service.log)
    }

    /// Decides from `head`, for which `match` was found, and notes in `ticket` what the body needs.
    ///
    /// - Parameter isSharing: whether a page of the request's origin may read the answer.
    mutating func decide(
        _ match: Router.Match, _ ticket: inout Ticket, _ head: RequestHead, _ bytes: Span<UInt8>,
        from peer: Peer, isSharing: Bool
    ) -> Verdict {
        guard match.route < router.other else { return .answer(nothing(head, bytes, peer)) }
        let endpoint = router.endpoints[match.route]
        if let foreign = endpoint.foreign {
            let purpose = foreign.ingest.purpose(
                of: head, path: bytes.extracting(match.rest), bytes)
            switch purpose {
            case .ordinary: break
            case .unknown: return .answer(nothing(head, bytes, peer))
            case .setUp(let number, let isOpen):
                return setUp(number, isOpen, foreign, match, &ticket, head, bytes, peer)
            }
        }
        // Checked first, so that unauthorized clients learn nothing.
        if let denial = denial(endpoint, match, &ticket, head, bytes, peer) {
            return .answer(.problem(denial))
        }
        switch endpoint.action {
        case .respond(let responder):
            return .answer(respond(endpoint, responder, head, bytes, peer))
        case .ingest where endpoint.welcomes(head.method):
            return .answer(welcome(head, bytes, peer))
        case .ingest(let ingest):
            // A browser does not show the page a failed preflight, but shows it the answer to the
            // request that follows.
            if head.isPreflight, isSharing { return .answer(.methods(endpoint.methods)) }
            do throws(Problem) {
                try checkStream(match, bytes, peer)
                return try take(endpoint, ingest, match, &ticket, head, bytes, peer)
            } catch {
                return .answer(.problem(error))
            }
        }
    }

    private func welcome(
        _ head: RequestHead, _ bytes: Span<UInt8>, _ peer: Peer
    ) -> Reply.Content {
        var welcome = Welcome(accept: bytes.extracting(head[.accept]))
        if peer.role.isAdmin { welcome.insert(.operators) }
        if peer.role.isSecure { welcome.insert(.secure) }
        if peer.address.span.equals("unix") { welcome.insert(.unix) }
        if observation == .admin, !peer.role.isAdmin { welcome.insert(.unobserved) }
        if gatekeeper != nil { welcome.insert(.token) }
        if signpost(for: peer) == .recordsAndPage { welcome.insert(.page) }
        return .welcome(welcome, host: turn.keep(bytes.extracting(head.host)))
    }

    /// Decides on a request for a protocol that brings no records: any token will do.
    private mutating func setUp(
        _ number: UInt8, _ isOpen: Bool, _ foreign: Endpoint.Foreign, _ match: Router.Match,
        _ ticket: inout Ticket, _ head: RequestHead, _ bytes: Span<UInt8>, _ peer: Peer
    ) -> Verdict {
        if peer.role.isAdmin { return .answer(.problem(.noSuchPath(.administration))) }
        if let gatekeeper, !isOpen {
            let credentials = credentials(foreign, match, head, bytes, peer)
            if let denial = problem(gatekeeper.identify(credentials), &ticket, peer) {
                return .answer(.problem(denial))
            }
        }
        do throws(Problem) {
            try checkStream(match, bytes, peer)
        } catch {
            return .answer(.problem(error))
        }
        if head.framing == .none { return .answer(.setUp(number)) }
        ticket.setUp = number
        return .readBody
    }

    // MARK: Paths that accept no records

    /// The answer for an unknown path.
    private func nothing(
        _ head: RequestHead, _ bytes: Span<UInt8>, _ peer: Peer
    ) -> Reply.Content {
        let path = bytes.extracting(head.path)
        // RFC 9110, 9.3.7: the request is about the service, not about a path.
        if path.equals("*") { return .methods([.get, .post, .put, .head, .options]) }
        let signpost = signpost(for: peer)
        return .problem(
            path.hasSuffix("/")
                ? .trailingSlash(ofStream: false, signpost) : .noSuchPath(signpost))
    }

    private func respond(
        _ endpoint: Endpoint, _ responder: Endpoint.Responder, _ head: RequestHead,
        _ bytes: Span<UInt8>, _ peer: Peer
    ) -> Reply.Content {
        if endpoint.isOfPage, !isPageEnabled, !peer.role.isAdmin {
            return .problem(.noSuchPath(.records))
        }
        guard endpoint.methods.contains(head.method) else {
            return .problem(.methodNotAllowed(endpoint.methods))
        }
        turn.addAnswer(weighing: endpoint.weight)
        let query = bytes.extracting(head.query)
        if let mistake = responder.mistake(query) { return .problem(mistake) }
        return .made(query: turn.keep(query))
    }

    // MARK: Paths that accept records

    private func checkStream(
        _ match: Router.Match, _ bytes: Span<UInt8>, _ peer: Peer
    ) throws(Problem) {
        if match.stream.isEmpty { return }
        let name = bytes.extracting(match.stream)
        guard StreamName.isValid(name) else {
            let isSlashed = name.hasSuffix("/")
            throw isSlashed
                ? .trailingSlash(ofStream: true, signpost(for: peer)) : .noSuchStream
        }
        guard streams.isAllowed(name) else { throw .streamNotAllowed }
    }

    /// Checks that the lines of a protocol's stream are objects if its records are.
    private func checkFormat(
        _ foreign: Endpoint.Foreign, _ match: Router.Match, _ path: Span<UInt8>,
        _ bytes: Span<UInt8>
    ) throws(Problem) {
        if foreign.ingest.fitsRawStreams(path) { return }
        let format =
            match.stream.isEmpty
            ? streams.format(of: stream(of: foreign).span)
            : streams.format(of: bytes.extracting(match.stream))
        if format == .raw { throw .rawStream }
    }

    /// The stream of a protocol's requests that name none.
    private func stream(of foreign: Endpoint.Foreign?) -> [UInt8] {
        guard let foreign, !foreign.stream.isEmpty else { return defaultStream }
        return foreign.stream
    }

    private func take(
        _ endpoint: Endpoint, _ ingest: any IngestProtocol, _ match: Router.Match,
        _ ticket: inout Ticket, _ head: RequestHead, _ bytes: Span<UInt8>, _ peer: Peer
    ) throws(Problem) -> Verdict {
        switch head.method {
        case .head: return .answer(.empty)
        case .options: return .answer(.methods(endpoint.methods))
        default: break
        }
        guard endpoint.bringsRecords(head.method) else {
            throw .sendRecords(endpoint.methods, signpost(for: peer))
        }
        let path = bytes.extracting(match.rest)
        if let foreign = endpoint.foreign { try checkFormat(foreign, match, path, bytes) }
        do throws(Refusal) {
            ticket.form = try ingest.form(of: head, path: path)
        } catch {
            throw Problem(error)
        }
        let options = try RequestOptions(head, bytes)
        ticket.isAtomic = options.isAtomic
        ticket.isDurable = options.isDurable
        if service.isDiskLow { throw .diskLow }
        return .readBody
    }

    // MARK: The rights of a sender

    /// Why the sender may not do what the request asks for; nil if it may, and then the ticket has
    /// the sender's token if one was required.
    private mutating func denial(
        _ endpoint: Endpoint, _ match: Router.Match, _ ticket: inout Ticket,
        _ head: RequestHead, _ bytes: Span<UInt8>, _ peer: Peer
    ) -> Problem? {
        switch endpoint.access {
        case .records:
            if endpoint.welcomes(head.method) { return nil }
            // The listeners for operators accept no records.
            if peer.role.isAdmin { return .noSuchPath(.administration) }
            guard let gatekeeper, endpoint.bringsRecords(head.method) else { return nil }
            return problem(
                decideWriting(gatekeeper, endpoint, match, head, bytes, peer), &ticket, peer)
        case .open: return nil
        case .observation, .page, .pageData: break
        }
        switch observation {
        case .open: return nil
        case .admin: return peer.role.isAdmin ? nil : .noSuchPath(.records)
        case .token:
            guard let gatekeeper, endpoint.access != .page else { return nil }
            return problem(
                gatekeeper.decideObserving(
                    Gatekeeper.Credentials(head, bytes, secret: head[.xApiKey], peer)),
                &ticket, peer)
        }
    }

    private func decideWriting(
        _ gatekeeper: Gatekeeper, _ endpoint: Endpoint, _ match: Router.Match,
        _ head: RequestHead, _ bytes: Span<UInt8>, _ peer: Peer
    ) -> Gatekeeper.Decision {
        let credentials = credentials(endpoint.foreign, match, head, bytes, peer)
        if match.stream.isEmpty {
            let name = stream(of: endpoint.foreign)
            return gatekeeper.decide(writing: name.span, credentials)
        }
        return gatekeeper.decide(writing: bytes.extracting(match.stream), credentials)
    }

    /// The credentials of a request, from where the clients of its protocol put them.
    @_lifetime(copy bytes, borrow peer)
    private func credentials(
        _ foreign: Endpoint.Foreign?, _ match: Router.Match, _ head: RequestHead,
        _ bytes: Span<UInt8>, _ peer: borrowing Peer
    ) -> Gatekeeper.Credentials {
        var secret = head[.xApiKey]
        guard let places = foreign?.credentials else {
            return Gatekeeper.Credentials(head, bytes, secret: secret, peer)
        }
        if !head[places.field].isEmpty { secret = head[places.field] }
        if acceptsSecretsInURLs, secret.isEmpty, head[.authorization].isEmpty {
            secret = places.secretInURL(head, path: match.rest, bytes)
        }
        return Gatekeeper.Credentials(
            head, bytes, secret: secret, takesAnyUser: places.takesAnyUser, peer)
    }

    private mutating func problem(
        _ decision: Gatekeeper.Decision, _ ticket: inout Ticket, _ peer: Peer
    ) -> Problem? {
        switch decision {
        case .admitted(let token):
            ticket.sender = token
            return nil
        case .denied(let denial, let token):
            ticket.sender = token ?? -1
            denials.say(denial, token: token.flatMap { gatekeeper?.token($0)?.name }, peer)
            return Problem(denial)
        }
    }

    private func signpost(for peer: Peer) -> Signpost {
        if peer.role.isAdmin { return .administration }
        return isPageEnabled && observation != .admin ? .recordsAndPage : .records
    }
}

extension Gatekeeper.Credentials {
    @_lifetime(copy bytes, borrow peer)
    fileprivate init(
        _ head: RequestHead, _ bytes: Span<UInt8>, secret: Range<Int>, takesAnyUser: Bool = false,
        _ peer: borrowing Peer
    ) {
        self.init(
            authorization: bytes.extracting(head[.authorization]),
            apiKey: bytes.extracting(secret), address: peer.address.span,
            takesAnyUser: takesAnyUser)
    }
}
