// SPDX-License-Identifier: Apache-2.0

import Access
import Bytes
import CordwoodConfiguration
import HTTP
import Linux
import Logging
import Monitoring
import OpenSSL
import Protocols
import RotatingFile
import Streams

/// Handles the requests of a worker: records into batches, batches into files, then the answers.
///
/// The server calls it in this order: `decide` for each head, `take` for each whole request, and at
/// the end of the turn `commit`, `answer` for each request, and `endTurn`.
final class Worker: RequestHandler {
    let service: ServiceState
    private let router: Router
    private var admission: Admission
    private let sharing: CORSPolicy?
    private let batches: Batches
    private let intake: Intake
    private let turn: Turn
    private let writer: ReplyWriter
    private let requestLog: RequestLog
    private let counters: Counters
    private let limits: Limits

    init(
        _ settings: Configuration, limits: Limits, counters: Counters,
        certificates: [CertificateFacts] = [], authenticator: Authenticator?, log: Logger,
        isReplacement: Bool = false, endpoints: [Endpoint]? = nil,
        open: @escaping (StreamFile) throws(RotatingFileError) -> RotatingFile
    ) throws(RotatingFileError) {
        self.counters = counters
        self.limits = limits
        let gatekeeper = authenticator.map {
            Gatekeeper(
                $0, guessLimit: settings.auth.maxFailures,
                guessWindowSeconds: settings.auth.failureWindowSeconds)
        }
        router = Router(endpoints ?? Endpoint.all(settings.protocols))
        turn = Turn(limits: limits)
        service = ServiceState(settings, counters, certificates, log)
        requestLog = RequestLog(log, counters, gatekeeper)
        var encoder = ResponseEncoder()
        sharing = CORSPolicy(settings.cors, router.endpoints, keptBy: &encoder)
        batches = try Batches(
            settings, counters, turn, requestLog, log, isReplacement: isReplacement, open: open)
        let access = StreamAccess(settings, gatekeeper)
        intake = Intake(
            settings, limits, router, batches, access, turn, counters, gatekeeper, requestLog)
        writer = ReplyWriter(router.endpoints, batches, service, turn, encoder)
        admission = Admission(settings, router, gatekeeper, access, service, turn)
    }

    /// The memory that the server uses for requests and answers, in bytes.
    var bufferedByteCount: () -> Int {
        get { intake.bufferedByteCount }
        set { intake.bufferedByteCount = newValue }
    }

    // MARK: Heads

    func decide(
        _ head: inout RequestHead, _ bytes: Span<UInt8>, from peer: Peer, overload: Overload?
    ) -> PendingAnswer? {
        let match = router.match(head, bytes)
        var ticket = ticket(for: match, head, bytes)
        defer { head.ticket = ticket.rawValue }
        let verdict = admission.decide(
            match, &ticket, head, bytes, from: peer, isSharing: ticket.sharing != nil)
        let content: Reply.Content
        switch verdict {
        case .answer(let answer): content = answer
        case .readBody:
            guard let overload else { return nil }
            content = .problem(.overload(overload))
        }
        return promise(content, match.route, ticket, head, bytes, from: peer)
    }

    /// A ticket with what every answer to the request needs.
    private func ticket(
        for match: Router.Match, _ head: RequestHead, _ bytes: Span<UInt8>
    ) -> Ticket {
        var ticket = Ticket(route: match.route)
        if let sharing, match.route < router.other, router.endpoints[match.route].isIngest {
            ticket.sharing = sharing.rule(for: head, bytes)
        }
        return ticket
    }

    func reject(
        _ error: RequestError, of head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer
    ) -> PendingAnswer {
        reject(.malformed(error, limits: limits), head, bytes, peer)
    }

    func reject(
        _ overload: Overload, of head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer
    ) -> PendingAnswer {
        reject(.overload(overload), head, bytes, peer)
    }

    /// Of a head that may be incomplete, only the parts that the answer and the counts show are
    /// read.
    private func reject(
        _ problem: Problem, _ head: RequestHead, _ bytes: Span<UInt8>, _ peer: Peer
    ) -> PendingAnswer {
        let decided = head.decided
        if let route = decided.route {
            return promise(.problem(problem), route, decided, head, bytes, from: peer)
        }
        let match = router.match(head, bytes)
        let ticket = ticket(for: match, head, bytes)
        return promise(.problem(problem), match.route, ticket, head, bytes, from: peer)
    }

    private func promise(
        _ content: Reply.Content, _ route: Int, _ ticket: Ticket, _ head: RequestHead,
        _ bytes: Span<UInt8>, from peer: Peer
    ) -> PendingAnswer {
        promise(
            content, route, ticket, head, bytes, from: peer, startedAt: 0,
            requestID: turn.keepID(head, bytes))
    }

    private func promise(
        _ content: Reply.Content, _ route: Int, _ ticket: Ticket, _ head: RequestHead,
        _ bytes: Span<UInt8>, from peer: Peer, startedAt: Int64, requestID: Range<Int>
    ) -> PendingAnswer {
        var reply = Reply(content: content, route: route, requestID: requestID)
        reply.startedAt = startedAt
        reply.sender = ticket.sender
        reply.isHead = head.method == .head
        reply.confirmsKeepAlive = head.minorVersion == 0 && head.keepAlive
        if let sharing, let rule = ticket.sharing {
            reply.sharing = sharing.fields(rule, route: route, isPreflight: head.isPreflight)
        }
        let isIngest = route < router.other && router.endpoints[route].isIngest
        if isIngest, let foreign = router.endpoints[route].foreign {
            let path = bytes.extracting(router.parts(of: route, head, bytes).rest)
            reply.kept = turn.keep(for: foreign.ingest, head, path: path, bytes)
        }
        let answer = turn.promise(reply, isCostly: !isIngest)
        requestLog.note(answer, turn, head, bytes, from: peer)
        return answer
    }

    // MARK: Whole requests

    func take(
        _ head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer, account: inout Int,
        until deadline: Int64
    ) -> Reception {
        turn.begin()
        let request = WholeRequest(head, bytes, router, from: peer)
        let requestID = turn.keepID(head, bytes)
        if let number = request.ticket.setUp {
            return receive(.over(.setUp(number), requestID: requestID), request, head)
        }
        return receive(
            intake.take(request, head, requestID, account: &account, until: deadline), request,
            head)
    }

    func resume(
        _ work: Int32, _ head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer,
        account: inout Int, until deadline: Int64
    ) -> Reception {
        turn.begin()
        let request = WholeRequest(head, bytes, router, from: peer)
        let outcome = intake.resume(work, request, account: &account, until: deadline)
        if let outcome { return receive(outcome, request, head) }
        turn.leaveUnfinished()
        if !mayBegin { return .later }
        return take(head, bytes, from: peer, account: &account, until: deadline)
    }

    func abandon(_ work: Int32) { intake.abandon(work) }

    private func receive(
        _ outcome: Intake.Outcome, _ request: borrowing WholeRequest, _ head: RequestHead
    ) -> Reception {
        switch outcome {
        case .over(let content, let startedAt, let requestID):
            return .answer(
                promise(
                    content, request.route, request.ticket, head, request.bytes,
                    from: request.peer, startedAt: startedAt, requestID: requestID))
        case .unfinished(let work):
            turn.leaveUnfinished()
            return .unfinished(work)
        case .afterCommit(let work):
            turn.leaveUnfinished()
            return .afterCommit(work)
        case .later:
            turn.leaveUnfinished()
            return .later
        }
    }

    var isFull: Bool { turn.isFull }

    var mayBegin: Bool { intake.mayBegin }

    var heldByteCount: Int { intake.heldByteCount }

    // MARK: The end of a turn

    func commit() {
        turn.beginCommit()
        writer.setTime(epochSeconds: turn.epochSeconds)
        batches.commit()
    }

    func answer(_ answer: PendingAnswer, isLast: Bool, into output: inout ByteBuffer) {
        let status = writer.write(answer, isLast: isLast, into: &output)
        requestLog.note(status, of: answer)
    }

    func endTurn() {
        batches.endTurn()
        turn.end(counters)
        requestLog.endTurn()
    }

    // MARK: Between turns

    func tick() {
        let now = Clock.epochSeconds()
        writer.setTime(epochSeconds: now)
        counters.set(.heartbeat, to: Clock.monotonicSeconds())
        batches.tick(now: now)
        writer.tick()
        service.checkDisk()
    }

    func reopen() { batches.reopen() }

    func releaseDescriptors() -> Bool { batches.releaseDescriptors() }

    func didReach(second: Int64) { counters.set(.heartbeat, to: second) }

    // MARK: Logging

    var wantsPeers: Bool { requestLog.isDebugging }

    func didAnswer(_ answer: PendingAnswer, to peer: Peer) {
        requestLog.didAnswer(answer, turn, to: peer)
    }

    func didShakeHands(_ outcome: HandshakeOutcome, with peer: Peer) {
        requestLog.didShakeHands(outcome, with: peer)
    }

    func didRefuse(_ refusal: ConnectionRefusal, of peer: Peer) {
        requestLog.didReject(refusal, of: peer)
    }
}
