// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest

/// A way in which clients send records: its paths, the reading of bodies, and the answers.
///
/// To add one, write a folder with its type and a line in the table of endpoints.
package protocol IngestProtocol: Sendable {
    /// The label of its requests in metrics, which is the name of its settings too; nil if each path
    /// has a label of its own.
    var name: StaticString? { get }

    /// The paths to which its clients send.
    ///
    /// Those of a protocol with a name are also behind `/logs/{stream}`.
    var paths: [IngestPath] { get }

    /// The places of a secret besides the field Authorization.
    var credentials: CredentialPlaces { get }

    /// Whether a stream whose lines are what clients send, and not objects, can take records from
    /// `path`.
    func fitsRawStreams(_ path: Span<UInt8>) -> Bool

    /// Whether a request for `/`, where the service itself has a page for people, is of a client of
    /// this protocol, which has that path too.
    ///
    /// The ranges of `head` refer to `bytes`.
    func claims(_ head: RequestHead, _ bytes: Span<UInt8>) -> Bool

    /// What a request asks for.
    ///
    /// - Parameters:
    ///   - path: the path without the name of a stream in front, such as `/v1/logs`.
    ///   - bytes: the head, to which the ranges of `head` refer.
    func purpose(
        of head: RequestHead, path: Span<UInt8>, _ bytes: Span<UInt8>
    ) -> RequestPurpose

    /// Reads the form of the body from the head.
    ///
    /// - Throws: why such a body cannot be read, whatever it contains.
    func form(of head: RequestHead, path: Span<UInt8>) throws(Refusal) -> BodyForm

    /// Whether its bodies have their own reader. JSON, NDJSON, forms and text need none.
    var hasReader: Bool { get }

    /// Makes the reader of its bodies.
    ///
    /// Each reader is made once for a request in progress, and then reused.
    ///
    /// - Parameter selector: decides whether records may go to a stream that the body names.
    func makeReader(_ limits: IngestLimits, _ selector: any BatchSelector) -> any ProtocolReader

    /// Appends what the answer, also one that rejects the request, needs of its head, which is gone
    /// when the answer is written.
    ///
    /// `head` may be incomplete if the request is malformed.
    func keep(
        _ head: RequestHead, path: Span<UInt8>, _ bytes: Span<UInt8>, into kept: inout ByteBuffer)

    /// Appends the body of the answer to a request whose records, accepted and rejected, are in
    /// their files.
    func answer(
        _ report: borrowing IngestReport, _ facts: borrowing AnswerFacts,
        into text: inout ByteBuffer
    ) -> Response

    /// Appends the body of the answer to a request that brings no records.
    ///
    /// - Parameters:
    ///   - number: the one in its `RequestPurpose`.
    ///   - kept: what `keep` has appended.
    func answer(setUp number: UInt8, _ kept: Span<UInt8>, into text: inout ByteBuffer) -> Response

    /// Appends the body of an answer that rejects a request; nil for the body that other paths use.
    ///
    /// - Parameters:
    ///   - refusal: its status and header fields, which the protocol may change.
    ///   - kept: what `keep` has appended.
    func answer(
        _ refusal: inout Refusal, _ kept: Span<UInt8>, into text: inout ByteBuffer
    ) -> Response?
}

extension IngestProtocol {
    package var credentials: CredentialPlaces { CredentialPlaces() }

    package func fitsRawStreams(_ path: Span<UInt8>) -> Bool { false }

    package func claims(_ head: RequestHead, _ bytes: Span<UInt8>) -> Bool { false }

    package func purpose(
        of head: RequestHead, path: Span<UInt8>, _ bytes: Span<UInt8>
    ) -> RequestPurpose { .ordinary }

    package var hasReader: Bool { false }

    package func makeReader(
        _ limits: IngestLimits, _ selector: any BatchSelector
    ) -> any ProtocolReader {
        preconditionFailure("a protocol that has a reader makes it")
    }

    package func keep(
        _ head: RequestHead, path: Span<UInt8>, _ bytes: Span<UInt8>, into kept: inout ByteBuffer
    ) {}

    package func answer(
        setUp number: UInt8, _ kept: Span<UInt8>, into text: inout ByteBuffer
    ) -> Response {
        preconditionFailure("a protocol that has requests without records answers them")
    }

    package func answer(
        _ refusal: inout Refusal, _ kept: Span<UInt8>, into text: inout ByteBuffer
    ) -> Response? { nil }
}

/// What a request for a path of a protocol asks for.
package enum RequestPurpose: Equatable, Sendable {
    /// What its method says: POST and PUT bring records, HEAD asks whether they can be sent here,
    /// and OPTIONS for the methods.
    case ordinary
    /// It brings no records: a client looks for the service or prepares it. The protocol has a number
    /// for the answer. If it `isOpen`, the client needs no token; otherwise any valid one will do.
    case setUp(UInt8, isOpen: Bool)
    /// There is nothing at its path.
    case unknown
}

/// The readers of bodies of one protocol.
package protocol ProtocolReader: RecordReader {
    /// Reads what the records need of the head, before `begin`.
    ///
    /// Nothing of the head is there any more when the body is read.
    ///
    /// - Parameters:
    ///   - path: the path without the name of a stream in front.
    ///   - bytes: the head, to which the ranges of `head` refer.
    func read(_ head: RequestHead, path: Span<UInt8>, _ bytes: Span<UInt8>)

    /// Appends what the answer needs of the body, once it is read.
    func appendNotes(to notes: inout ByteBuffer)
}

extension ProtocolReader {
    package func read(_ head: RequestHead, path: Span<UInt8>, _ bytes: Span<UInt8>) {}

    package func appendNotes(to notes: inout ByteBuffer) {}
}

/// What an answer is made of, besides the report.
package struct AnswerFacts: ~Escapable {
    /// The result of each record, in order, if the reader reports it: 0 if it was accepted, otherwise
    /// the raw value of its `RejectionReason` plus one.
    package let results: Span<UInt8>
    /// What the reader has noted.
    package let notes: Span<UInt8>
    /// What the protocol has kept of the head.
    package let kept: Span<UInt8>

    @_lifetime(copy results, copy notes, copy kept)
    package init(results: Span<UInt8>, notes: Span<UInt8>, kept: Span<UInt8>) {
        self.results = results
        self.notes = notes
        self.kept = kept
    }
}

/// A path to which records are sent.
package struct IngestPath: Sendable {
    package var pattern: PathPattern
    package var methods: MethodSet

    package init(_ pattern: PathPattern, _ methods: MethodSet) {
        self.pattern = pattern
        self.methods = methods
    }
}

/// The form of a request's records, from its head.
package struct BodyForm: Sendable, Equatable {
    package var coding: ContentCoding
    package var format: BodyFormat
    /// Whether they are in the query of the request rather than in its body.
    package var isQuery: Bool

    package init(_ coding: ContentCoding, _ format: BodyFormat, isQuery: Bool = false) {
        self.coding = coding
        self.format = format
        self.isQuery = isQuery
    }
}
