// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest

/// Splunk's HTTP Event Collector: events, lines of text, and acknowledgements.
///
/// Source: Splunk's page "HTTP Event Collector REST API endpoints", and its clients: Docker's splunk
/// driver, Fluent Bit, Vector, syslog-ng.
package struct SplunkProtocol: IngestProtocol {
    /// Whether answers have an `ackId`, which the client then asks about.
    private let isAcknowledging: Bool
    private let acknowledgements = AcknowledgementCounter()

    package init(isAcknowledging: Bool = false) { self.isAcknowledging = isAcknowledging }

    package var name: StaticString? { "splunk" }

    package var paths: [IngestPath] {
        let records: MethodSet = [.post, .head, .options]
        let health: MethodSet = [.get, .head, .options]
        return [
            IngestPath(.exact("/services/collector"), records),
            IngestPath(.exact("/services/collector/event"), records),
            IngestPath(.exact("/services/collector/event/1.0"), records),
            IngestPath(.exact("/services/collector/raw"), records),
            IngestPath(.exact("/services/collector/raw/1.0"), records),
            IngestPath(.exact("/services/collector/ack"), records),
            IngestPath(.exact("/services/collector/health"), health),
            IngestPath(.exact("/services/collector/health/1.0"), health),
        ]
    }

    package var credentials: CredentialPlaces { CredentialPlaces(takesAnyUser: true) }

    package func fitsRawStreams(_ path: Span<UInt8>) -> Bool { SplunkPath(path) != .events }

    package func purpose(
        of head: RequestHead, path: Span<UInt8>, _ bytes: Span<UInt8>
    ) -> RequestPurpose {
        switch SplunkPath(path) {
        case .health where head.method == .get || head.method == .head:
            return .setUp(SetUp.health.rawValue, isOpen: true)
        case .acknowledgement where head.method == .post:
            if !isAcknowledging { return .setUp(SetUp.disabled.rawValue, isOpen: false) }
            let channel = SplunkChannel.value(head, bytes)
            return channel.isEmpty
                ? .setUp(SetUp.channelMissing.rawValue, isOpen: false) : .ordinary
        default: return .ordinary
        }
    }

    /// The requests that bring no records.
    private enum SetUp: UInt8 {
        case health, disabled, channelMissing
    }

    package func form(of head: RequestHead, path: Span<UInt8>) throws(Refusal) -> BodyForm {
        BodyForm(try head.contentEncoding.coding(), .unknown)
    }

    package var hasReader: Bool { true }

    package func makeReader(
        _ limits: IngestLimits, _ selector: any BatchSelector
    ) -> any ProtocolReader {
        SplunkReader()
    }

    package func keep(
        _ head: RequestHead, path: Span<UInt8>, _ bytes: Span<UInt8>, into kept: inout ByteBuffer
    ) {
        var facts: SplunkFacts = []
        if !head[.authorization].isEmpty { facts.insert(.authorization) }
        if !SplunkChannel.value(head, bytes).isEmpty { facts.insert(.channel) }
        if SplunkPath(path) == .acknowledgement { facts.insert(.acknowledgement) }
        kept.append(facts.rawValue)
    }

    // MARK: Answers

    package func answer(
        _ report: borrowing IngestReport, _ facts: borrowing AnswerFacts,
        into text: inout ByteBuffer
    ) -> Response {
        let kept = SplunkFacts(facts.kept)
        if kept.contains(.acknowledgement) {
            text.append("{\"acks\":{")
            text.append(facts.notes)
            text.append("}}")
            return .json
        }
        // The query asked for all or nothing.
        if report.rejected(for: .withheld) > 0 {
            return answer(.badRequest, .invalidData, into: &text)
        }
        text.append("{\"text\":\"Success\",\"code\":0")
        if isAcknowledging, kept.contains(.channel) {
            text.append(",\"ackId\":")
            text.append(decimal: acknowledgements.next())
        }
        text.append("}")
        return .json
    }

    package func answer(
        setUp number: UInt8, _ kept: Span<UInt8>, into text: inout ByteBuffer
    ) -> Response {
        switch SetUp(rawValue: number) {
        case .disabled: answer(.badRequest, .acknowledgementsDisabled, into: &text)
        case .channelMissing: answer(.badRequest, .channelMissing, into: &text)
        default: answer(.ok, .healthy, into: &text)
        }
    }

    package func answer(
        _ refusal: inout Refusal, _ kept: Span<UInt8>, into text: inout ByteBuffer
    ) -> Response? {
        let code = SplunkCode(
            &refusal, hasAuthorization: SplunkFacts(kept).contains(.authorization))
        code.append(to: &text, detail: refusal)
        return Response(refusal.status, "application/json")
    }

    private func answer(
        _ status: Status, _ code: SplunkCode, into text: inout ByteBuffer
    ) -> Response {
        code.append(to: &text, detail: nil)
        return Response(status, "application/json")
    }
}

/// Numbers the requests of a worker that are to be acknowledged.
///
/// SAFETY: each worker has a protocol of its own, and one thread.
private final class AcknowledgementCounter: @unchecked Sendable {
    private var count = 0

    func next() -> Int {
        defer { count += 1 }
        return count
    }
}

/// What a request for a path brings.
enum SplunkPath {
    case events, lines, acknowledgement, health

    init(_ path: Span<UInt8>) {
        // Behind `/services/collector`.
        let rest = path.extracting(min(19, path.count)...)
        if rest.equals("/raw") || rest.equals("/raw/1.0") {
            self = .lines
        } else if rest.equals("/ack") {
            self = .acknowledgement
        } else if rest.equals("/health") || rest.equals("/health/1.0") {
            self = .health
        } else {
            self = .events
        }
    }
}

/// The channel of a request, which tells clients apart: in the field X-Splunk-Request-Channel, or in
/// the query.
enum SplunkChannel {
    static func value(_ head: RequestHead, _ bytes: Span<UInt8>) -> Range<Int> {
        let field = head[.xSplunkRequestChannel]
        if !field.isEmpty { return field }
        var query = QueryParameters(head.query)
        while let parameter = query.next(in: bytes) {
            if QueryParameters.matches(parameter.name, of: bytes, "channel") {
                return parameter.value
            }
        }
        return 0..<0
    }
}

/// What the answer needs of the head, in one byte.
struct SplunkFacts: OptionSet {
    let rawValue: UInt8

    static let authorization = SplunkFacts(rawValue: 1)
    static let channel = SplunkFacts(rawValue: 2)
    static let acknowledgement = SplunkFacts(rawValue: 4)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Reads what `SplunkProtocol.keep` has kept; nothing may have been kept.
    init(_ kept: Span<UInt8>) { rawValue = kept.isEmpty ? 0 : kept[0] }
}
