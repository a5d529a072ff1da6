// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest

/// What clients of Elasticsearch send: documents, and the requests with which they look for a
/// cluster and prepare it.
///
/// Documents come to `/_bulk` in pairs of lines, an action and a document, and one alone to
/// `/{index}/_doc` and its relatives. They are written as they are, with the action in the member
/// `_bulk`. Everything that clients prepare, such as templates, is acknowledged and forgotten.
package struct ElasticsearchProtocol: IngestProtocol {
    private let version: String
    private let keepsActions: Bool

    /// - Parameters:
    ///   - version: the version of Elasticsearch that clients are told.
    ///   - keepsActions: whether documents get the member `_bulk`.
    package init(version: String, keepsActions: Bool) {
        self.version = version
        self.keepsActions = keepsActions
    }

    package var name: StaticString? { "elasticsearch" }

    package var paths: [IngestPath] {
        let all: MethodSet = [.get, .head, .post, .put, .delete, .options]
        return [
            IngestPath(.exact("/"), [.get, .head]),
            IngestPath(.exact("/elasticsearch"), [.get, .head, .options]),
            IngestPath(.template("/elasticsearch/{path*}"), all),
            IngestPath(.template("/_{path*}"), all),
            IngestPath(.template("/{index}/_bulk"), all),
            IngestPath(.template("/{index}/_doc"), all),
            IngestPath(.template("/{index}/_doc/{id}"), all),
            IngestPath(.template("/{index}/_create/{id}"), all),
            IngestPath(.template("/{index}/_update/{id}"), all),
        ]
    }

    /// Whether a request for `/`, where the service itself has a page for people, is of a client.
    ///
    /// Beats and the official clients ask for JSON. Logstash, Vector and the clients of OpenSearch do
    /// not say what they accept, but who they are. Browsers ask for HTML, and curl for anything.
    package func claims(_ head: RequestHead, _ bytes: Span<UInt8>) -> Bool {
        let accept = bytes.extracting(head[.accept])
        if accept.containsIgnoringCase("text/html") { return false }
        if accept.containsIgnoringCase("json") { return true }
        let agent = bytes.extracting(head[.userAgent])
        if agent.containsIgnoringCase("elastic") || agent.containsIgnoringCase("opensearch") {
            return true
        }
        return agent.begins("Logstash/") || agent.begins("Vector/")
            || bytes.extracting(head[.authorization]).begins("ApiKey ")
    }

    package func purpose(
        of head: RequestHead, path: Span<UInt8>, _ bytes: Span<UInt8>
    ) -> RequestPurpose {
        let isQuestion = head.method == .get || head.method == .head
        let isOpen = head.method == .head
        let isExact = path.equals("/elasticsearch")
        let namesDocuments = ElasticsearchPath.namesDocuments(path)
        let path = ElasticsearchPath(path)
        if path == .unknown { return .unknown }
        if head.method == .options { return .ordinary }
        switch path {
        case .root where isQuestion: return .setUp(SetUp.root.rawValue, isOpen: isOpen)
        case .license where isQuestion: return .setUp(SetUp.license.rawValue, isOpen: isOpen)
        case .bulk where head.method == .post || head.method == .put: return .ordinary
        case .document where head.method == .post || head.method == .put: return .ordinary
        // Elasticsearch has no POST there, and documents would be lost.
        case .index where head.method == .post: return .unknown
        // 405 where the methods are those of this path alone.
        case .root: return isExact ? .ordinary : .unknown
        default: break
        }
        if isQuestion { return .setUp(SetUp.found.rawValue, isOpen: isOpen) }
        switch head.method {
        // Documents at a path like those that take some would be acknowledged and lost.
        case .post where namesDocuments, .put where namesDocuments: return .unknown
        case .post, .put, .delete: return .setUp(SetUp.acknowledged.rawValue, isOpen: false)
        default: return .ordinary
        }
    }

    /// The answers to requests that bring no documents.
    private enum SetUp: UInt8 {
        case root, license, found, acknowledged
    }

    /// Every media type will do: clients name several, and the path says what the body is.
    package func form(of head: RequestHead, path: Span<UInt8>) throws(Refusal) -> BodyForm {
        BodyForm(try head.contentEncoding.coding(), .unknown)
    }

    package var hasReader: Bool { true }

    package func makeReader(
        _ limits: IngestLimits, _ selector: any BatchSelector
    ) -> any ProtocolReader {
        ElasticsearchReader(limits, keepsActions: keepsActions)
    }

    package func answer(
        _ report: borrowing IngestReport, _ facts: borrowing AnswerFacts,
        into text: inout ByteBuffer
    ) -> Response {
        ElasticsearchAnswers.append(facts.notes, results: facts.results, to: &text)
    }

    package func answer(
        setUp number: UInt8, _ kept: Span<UInt8>, into text: inout ByteBuffer
    ) -> Response {
        switch SetUp(rawValue: number) {
        case .root: ElasticsearchAnswers.root(version: version, into: &text)
        case .license: ElasticsearchAnswers.license(into: &text)
        case .found, nil: ElasticsearchAnswers.found(into: &text)
        case .acknowledged: ElasticsearchAnswers.acknowledged(into: &text)
        }
    }

    package func answer(
        _ refusal: inout Refusal, _ kept: Span<UInt8>, into text: inout ByteBuffer
    ) -> Response? {
        ElasticsearchAnswers.refusal(refusal, into: &text)
    }
}

extension Span<UInt8> {
    /// Whether these begin with the bytes of `literal`.
    fileprivate func begins(_ literal: StaticString) -> Bool {
        let length = literal.utf8CodeUnitCount
        return count >= length && extracting(..<length).equals(literal)
    }

    /// Whether `lowercase`, a literal as `equalsIgnoringCase` takes it, stands anywhere.
    fileprivate func containsIgnoringCase(_ lowercase: StaticString) -> Bool {
        let length = lowercase.utf8CodeUnitCount
        var start = 0
        while start + length <= count {
            if equalsIgnoringCase(start..<start + length, lowercase) { return true }
            start += 1
        }
        return false
    }
}
