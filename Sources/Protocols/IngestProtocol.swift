import Bytes
import HTTP
import Ingest

/// A way in which clients send records: its paths, how a body is read, and how its clients are
/// answered.
///
/// Adding one is a folder with its type and a line in the table of endpoints.
package protocol IngestProtocol: Sendable {
    /// Where its clients send to.
    var paths: [IngestPath] { get }

    /// What the head says of the body.
    ///
    /// - Throws: why the body cannot be read, whatever is in it.
    func form(of head: RequestHead) throws(Refusal) -> BodyForm

    /// Whether its bodies have a reader of their own. JSON, NDJSON, forms and text need none.
    var hasReader: Bool { get }

    /// Makes what reads its bodies.
    ///
    /// It is made once for each request that is under way, and used again.
    ///
    /// - Parameter selector: says where records may go whose stream is named in the body.
    func makeReader(_ limits: IngestLimits, _ selector: any BatchSelector) -> any RecordReader

    /// Appends the body of the answer to a request whose records stand in their files, those that
    /// were accepted and those that were rejected.
    ///
    /// - Parameter results: what became of each record, in order, if the reader wants that: 0 if it
    ///   was accepted, or the raw value of its `RejectionReason` and one.
    func answer(
        _ report: borrowing IngestReport, results: Span<UInt8>, into text: inout ByteBuffer
    ) -> Response

    /// Appends the body of an answer that rejects a request; nil: it is answered as on all paths.
    func answer(_ refusal: Refusal, into text: inout ByteBuffer) -> Response?
}

extension IngestProtocol {
    package var hasReader: Bool { false }

    package func makeReader(
        _ limits: IngestLimits, _ selector: any BatchSelector
    ) -> any RecordReader {
        preconditionFailure("a protocol that has a reader makes it")
    }

    package func answer(_ refusal: Refusal, into text: inout ByteBuffer) -> Response? { nil }
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

/// What a head says of the records that come with it.
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
