// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest

/// A way in which clients send records: its paths, the reading of bodies, and the answers.
///
/// To add one, write a folder with its type and a line in the table of endpoints.
package protocol IngestProtocol: Sendable {
    /// The paths to which its clients send.
    var paths: [IngestPath] { get }

    /// Reads the form of the body from the head.
    ///
    /// - Throws: why such a body cannot be read, whatever it contains.
    func form(of head: RequestHead) throws(Refusal) -> BodyForm

    /// Whether its bodies have their own reader. JSON, NDJSON, forms and text need none.
    var hasReader: Bool { get }

    /// Makes the reader of its bodies.
    ///
    /// Each reader is made once for a request in progress, and then reused.
    ///
    /// - Parameter selector: decides whether records may go to a stream that the body names.
    func makeReader(_ limits: IngestLimits, _ selector: any BatchSelector) -> any RecordReader

    /// Appends the body of the answer to a request whose records, accepted and rejected, are in
    /// their files.
    ///
    /// - Parameter results: the result of each record, in order, if the reader reports it: 0 if it
    ///   was accepted, otherwise the raw value of its `RejectionReason` plus one.
    func answer(
        _ report: borrowing IngestReport, results: Span<UInt8>, into text: inout ByteBuffer
    ) -> Response

    /// Appends the body of an answer that rejects a request; nil for the body that other paths use.
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
