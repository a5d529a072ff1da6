// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest
import Linux
import Monitoring
import Protocols
import Streams

/// Writes the answers of a turn, once its records are in their files, and counts them.
final class ReplyWriter {
    private let endpoints: [Endpoint]
    private let batches: Batches
    private let service: ServiceState
    private let turn: Turn
    private var encoder: ResponseEncoder
    /// The body of an answer while it is being made.
    private var text = ByteBuffer()
    /// The answers that are made once for many clients, by the place of their endpoint.
    private let shared: [SharedAnswer?]
    private var allowance = MakingAllowance()

    /// - Parameter encoder: has the fields with which pages of other origins may read the answers.
    init(
        _ endpoints: [Endpoint], _ batches: Batches, _ service: ServiceState, _ turn: Turn,
        _ encoder: consuming ResponseEncoder
    ) {
        self.endpoints = endpoints
        self.batches = batches
        self.service = service
        self.turn = turn
        self.encoder = encoder
        shared = endpoints.map { $0.isShared ? SharedAnswer() : nil }
    }

    /// Sets the time of the following answers.
    func setTime(epochSeconds: Int64) { encoder.setTime(epochSeconds: Int(epochSeconds)) }

    /// Releases the memory of shared answers that no client has requested recently.
    func tick() {
        let now = Clock.monotonicNanoseconds()
        for shared in shared { shared?.release(now: now) }
    }

    /// Appends an answer that was promised in this turn.
    func write(
        _ answer: PendingAnswer, isLast: Bool, into output: inout ByteBuffer
    ) -> Status {
        let reply = turn[answer]
        let status: Status
        switch reply.content {
        case .ingested(let receipt):
            status = write(turn.receipts[receipt], reply, isLast, &output)
        case .problem(let problem): status = reject(problem, reply, isLast, &output)
        case .made(let query): status = make(query, reply, isLast, &output)
        case .welcome(let welcome, let host):
            text.removeAll()
            let response = self.welcome(welcome, host, turn.kept)
            status = write(response, reply, isLast, &output)
        case .setUp(let number):
            text.removeAll()
            let response = setUp(number, reply, turn.kept)
            status = write(response, reply, isLast, &output)
        case .empty:
            text.removeAll()
            status = write(Response(.ok, ""), reply, isLast, &output)
        case .methods(let methods):
            text.removeAll()
            status = write(
                Response(.ok, ""), with: ResponseHeaders(allow: methods), reply, isLast,
                &output)
        }
        let label =
            reply.route < endpoints.count
            ? endpoints[reply.route].labelPlace : Router.labels.count - 1
        service.counters.countRequest(label, status.code)
        return status
    }

    // MARK: Records

    private func write(
        _ receipt: Receipt, _ reply: Reply, _ isLast: Bool, _ output: inout ByteBuffer
    ) -> Status {
        let stream = batches[receipt.stream]
        let outcome = outcome(of: receipt, stream)
        if outcome == .failed { return reject(.notWritten, reply, isLast, &output) }
        count(receipt, at: stream.place)
        if outcome == .unsynchronized, receipt.isDurable {
            return reject(.notSynchronized, reply, isLast, &output)
        }
        turn.noteAcknowledgement(reply)
        guard case .ingest(let ingest) = endpoints[reply.route].action else {
            preconditionFailure("a receipt is only for a path that accepts records")
        }
        text.removeAll()
        let response = answer(ingest, receipt, reply, turn.kept)
        guard response.isPrepared else {
            let status = write(response, reply, isLast, &output)
            text.clear(keeping: Self.keptByteCount)
            return status
        }
        encode(reply, isLast, &output)
        return .ok
    }

    private func answer(
        _ ingest: any IngestProtocol, _ receipt: Receipt, _ reply: Reply,
        _ kept: borrowing ByteBuffer
    ) -> Response {
        let facts = AnswerFacts(
            results: kept.span.extracting(receipt.results),
            notes: kept.span.extracting(receipt.notes), kept: kept.span.extracting(reply.kept))
        return ingest.answer(receipt.report, facts, into: &text)
    }

    /// The result for the records of all streams, which is the worst one.
    private func outcome(of receipt: Receipt, _ stream: Stream) -> Stream.Outcome {
        var worst = stream.outcome
        if receipt.others.isEmpty { return worst }
        for part in turn.parts[receipt.others] {
            let outcome = batches[part.stream].outcome
            if outcome == .failed || worst == .written { worst = outcome }
        }
        return worst
    }

    /// - Parameter place: that of the request's own stream among the counters.
    private func count(_ receipt: Receipt, at place: Int) {
        service.counters.count(receipt.report)
        var (accepted, rejected) = (receipt.report.accepted, receipt.report.rejected)
        if !receipt.others.isEmpty {
            for part in turn.parts[receipt.others] {
                count(part.acceptedCount, part.rejectedCount, at: batches[part.stream].place)
                accepted -= part.acceptedCount
                rejected -= part.rejectedCount
            }
        }
        count(accepted, rejected, at: place)
    }

    private func count(_ accepted: Int, _ rejected: Int, at place: Int) {
        service.counters.add(accepted, to: .written, at: place)
        if rejected > 0 { service.counters.add(rejected, to: .rejected, at: place) }
    }

    /// Appends a 200 with JSON, most of which is prepared.
    private func encode(_ reply: Reply, _ isLast: Bool, _ output: inout ByteBuffer) {
        func encode(_ kept: borrowing ByteBuffer, _ body: borrowing ByteBuffer) {
            encoder.encodeIngested(
                requestID: kept.span.extracting(reply.requestID), close: isLast,
                confirmsKeepAlive: reply.confirmsKeepAlive, kept: reply.sharing, body: body.span,
                into: &output)
        }
        encode(turn.kept, text)
    }

    // MARK: Generated answers

    private func welcome(
        _ welcome: Welcome, _ host: Range<Int>, _ kept: borrowing ByteBuffer
    ) -> Response {
        welcome.respond(kept.span.extracting(host), into: &text)
    }

    private func setUp(
        _ number: UInt8, _ reply: Reply, _ kept: borrowing ByteBuffer
    ) -> Response {
        guard let foreign = endpoints[reply.route].foreign else {
            preconditionFailure("only a protocol has requests without records")
        }
        return foreign.ingest.answer(
            setUp: number, kept.span.extracting(reply.kept), into: &text)
    }

    private func make(
        _ query: Range<Int>, _ reply: Reply, _ isLast: Bool, _ output: inout ByteBuffer
    ) -> Status {
        guard case .respond(let responder) = endpoints[reply.route].action else {
            preconditionFailure("only an endpoint that can respond makes an answer")
        }
        text.removeAll()
        defer { text.clear(keeping: Self.keptByteCount) }
        do throws(Problem) {
            let response = try share(shared[reply.route]) { text throws(Problem) in
                try respond(responder, query, turn.kept, &text)
            }
            return write(response, reply, isLast, &output)
        } catch {
            return reject(error, reply, isLast, &output)
        }
    }

    private func respond(
        _ responder: Endpoint.Responder, _ query: Range<Int>, _ kept: borrowing ByteBuffer,
        _ text: inout ByteBuffer
    ) throws(Problem) -> Response {
        try responder.respond(service, kept.span.extracting(query), &text)
    }

    /// Puts an answer into `text`: one from `make`, or one that it made for other clients a moment
    /// ago.
    private func share(
        _ shared: SharedAnswer?, _ make: (inout ByteBuffer) throws(Problem) -> Response
    ) throws(Problem) -> Response {
        guard let shared else { return try make(&text) }
        let start = Clock.monotonicNanoseconds()
        if let response = shared.response, !shared.isOutdated(now: start, allowance) {
            text.append(shared.text)
            return response
        }
        var made = ByteBuffer()
        let response = try make(&made)
        let end = Clock.monotonicNanoseconds()
        allowance.use(end - start, now: end)
        shared.take(&made, response, now: end)
        text.append(shared.text)
        return response
    }

    private static let keptByteCount = 4096

    // MARK: Heads and bodies

    /// Appends an answer whose body is in `text`.
    private func write(
        _ response: Response, with headers: ResponseHeaders = ResponseHeaders(), _ reply: Reply,
        _ isLast: Bool, _ output: inout ByteBuffer
    ) -> Status {
        var headers = headers
        headers.confirmsKeepAlive = reply.confirmsKeepAlive
        headers.kept = reply.sharing
        if let fields = response.fields { headers.fields = fields }
        func encode(_ kept: borrowing ByteBuffer, _ body: borrowing ByteBuffer) {
            encoder.encode(
                response.status, contentType: response.contentType,
                requestID: kept.span.extracting(reply.requestID), close: isLast,
                headers: headers, body: body.span, isHead: reply.isHead, into: &output)
        }
        encode(turn.kept, text)
        return response.status
    }

    private func answer(
        _ refusal: inout Refusal, _ ingest: any IngestProtocol, _ reply: Reply,
        _ kept: borrowing ByteBuffer
    ) -> Response? {
        ingest.answer(&refusal, kept.span.extracting(reply.kept), into: &text)
    }

    private func reject(
        _ problem: Problem, _ reply: Reply, _ isLast: Bool, _ output: inout ByteBuffer
    ) -> Status {
        if let counter = problem.counter { service.counters.add(1, to: counter) }
        var refusal = problem.refusal
        if reply.route < endpoints.count, let foreign = endpoints[reply.route].foreign {
            text.removeAll()
            if let response = answer(&refusal, foreign.ingest, reply, turn.kept) {
                return write(response, with: refusal.headers, reply, isLast, &output)
            }
        }
        refusal.headers.confirmsKeepAlive = reply.confirmsKeepAlive
        refusal.headers.kept = reply.sharing
        func encode(_ kept: borrowing ByteBuffer) {
            encoder.encodeError(
                refusal.status, code: refusal.code, message: refusal.message,
                limit: refusal.limit, requestID: kept.span.extracting(reply.requestID),
                close: isLast, headers: refusal.headers, isHead: reply.isHead, into: &output)
        }
        encode(turn.kept)
        return refusal.status
    }
}
