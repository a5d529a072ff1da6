// SPDX-License-Identifier: Apache-2.0

import Access
import Diagnostics
import HTTP
import Linux
import Logging
import Monitoring
import RotatingFile

/// Writes a worker's lines in the diagnostic log about requests, connections and files.
final class RequestLog {
    private let log: Logger
    private let counters: Counters
    private let gatekeeper: Gatekeeper?
    private var fileErrors = Repetition<RotatingFileError>(limit: 16)
    /// By the address of the code's literal.
    private var mistakes = Repetition<UnsafePointer<UInt8>>(limit: 128)
    /// Whether each request that is answered with an error gets a line.
    let isDebugging: Bool
    /// The requests of this turn, by their index in it; only at debug level.
    private var notes: [Int: Note] = [:]

    /// The part of a line that is known before the answer.
    private struct Note {
        var path: String?
        /// The peer's address; each request of a proxy's connection may have another one.
        var peer: String?
        var status: UInt16 = 0
    }

    init(_ log: Logger, _ counters: Counters, _ gatekeeper: Gatekeeper?) {
        self.log = log
        self.counters = counters
        self.gatekeeper = gatekeeper
        isDebugging = log.logLevel <= .debug
    }

    // MARK: Files

    /// Logs what is wrong with a file: at once when it is new, otherwise once in a while.
    ///
    /// - Parameter requestID: the id of the first request that it affects.
    func say(_ error: RotatingFileError, requestID: String? = nil) {
        counters.noteError("\(error)")
        guard let repeated = fileErrors.note(error, now: Clock.monotonicSeconds()) else { return }
        var metadata: Logger.Metadata = [:]
        if let requestID { metadata["request_id"] = "\(requestID)" }
        if repeated > 0 { metadata["repeated"] = "\(repeated)" }
        log.report(
            .writeFailed, "\(error); requests are answered 503 until this is fixed",
            metadata: metadata)
    }

    // MARK: Requests

    /// Records a request whose answer is promised.
    func note(
        _ answer: PendingAnswer, _ turn: Turn, _ head: RequestHead, _ bytes: Span<UInt8>,
        from peer: Peer
    ) {
        if let mistake = turn.mistake(of: answer) {
            say(mistake, turn[answer], turn, head, bytes, peer)
        }
        guard isDebugging else { return }
        notes[answer.index] = Note(path: Self.path(of: head, bytes), peer: peer.text)
    }

    /// Logs that a client is answered 4xx: the first of a kind at once, further ones now and then.
    private func say(
        _ mistake: StaticString, _ reply: Reply, _ turn: Turn, _ head: RequestHead,
        _ bytes: Span<UInt8>, _ peer: Peer
    ) {
        // At debug level each request has its own line.
        guard !isDebugging,
            let repeated = mistakes.note(mistake.utf8Start, now: Clock.monotonicSeconds())
        else { return }
        var metadata: Logger.Metadata = [
            "code": "\(mistake)", "peer": "\(peer.text)",
            "request_id": "\(turn.text(of: reply.requestID))",
        ]
        if let path = Self.path(of: head, bytes) { metadata["path"] = "\(path)" }
        if let token = gatekeeper?.token(reply.sender) { metadata["token"] = "\(token.name)" }
        if repeated > 0 { metadata["repeated"] = "\(repeated)" }
        log.report(.requestRejected, "a request is rejected", metadata: metadata)
    }

    /// Nil if the request line could not be read.
    private static func path(of head: RequestHead, _ bytes: Span<UInt8>) -> String? {
        guard !head.path.isEmpty else { return nil }
        return bytes.extracting(head.path).withUnsafeBufferPointer {
            String(decoding: $0.prefix(Self.shownPathByteCount), as: UTF8.self)
        }
    }

    private static var shownPathByteCount: Int { 256 }

    // MARK: Only at debug level

    func note(_ status: Status, of answer: PendingAnswer) {
        if isDebugging { notes[answer.index, default: Note()].status = status.code }
    }

    func didAnswer(_ answer: PendingAnswer, _ turn: Turn, to peer: Peer) {
        guard let note = notes.removeValue(forKey: answer.index), note.status >= 400 else { return }
        let reply = turn[answer]
        var metadata: Logger.Metadata = [
            "status": "\(note.status)", "peer": "\(note.peer ?? peer.text)",
            "request_id": "\(turn.text(of: reply.requestID))",
        ]
        if let token = gatekeeper?.token(reply.sender) { metadata["token"] = "\(token.name)" }
        if let path = note.path { metadata["path"] = "\(path)" }
        if let identity = peer.identity { metadata["subject"] = "\(identity.subject)" }
        log.report(.requestFailed, "a request is answered with an error", metadata: metadata)
    }

    func endTurn() { if isDebugging { notes.removeAll() } }

    // MARK: Connections

    func didReject(_ refusal: ConnectionRefusal, of peer: Peer) {
        let reason: String
        switch refusal {
        case .proxyHeader(let error):
            counters.add(1, to: .refusedProxyHeaders)
            reason = "it does not begin with a header of the PROXY protocol: \(error)"
        case .address:
            counters.add(1, to: .refusedAddresses)
            reason = "its address has more than limits.connections_per_address"
        }
        guard isDebugging else { return }
        log.report(
            .connectionRefused, "a connection is closed: \(reason)",
            metadata: ["peer": "\(peer.text)"])
    }

    func didShakeHands(_ outcome: HandshakeOutcome, with peer: Peer) {
        switch outcome {
        case .full: counters.add(1, to: .fullHandshakes)
        case .resumed: counters.add(1, to: .resumedHandshakes)
        case .failed(let failure):
            counters.add(1, to: .failedHandshakes)
            // Scanners of the internet try every open port: at any other level they would fill the
            // log.
            guard isDebugging else { return }
            log.report(
                .handshakeFailed,
                "a TLS handshake has failed: \(failure)", metadata: ["peer": "\(peer.text)"])
        }
    }
}
