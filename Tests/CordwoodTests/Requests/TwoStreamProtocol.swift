// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Ingest
import Protocols

/// A protocol of lines, `STREAM VALUE` each, where the value of a good one is digits: what a protocol
/// looks like that has a format of its own, names streams in its body, and answers for each record.
struct TwoStreamProtocol: IngestProtocol {
    var name: StaticString? { "lines" }

    var paths: [IngestPath] { [IngestPath(.exact("/lines"), [.post, .head, .options])] }

    func form(of head: RequestHead, path: Span<UInt8>) throws(Refusal) -> BodyForm {
        BodyForm(.identity, .unknown)
    }

    var hasReader: Bool { true }

    func makeReader(_ limits: IngestLimits, _ selector: any BatchSelector) -> any ProtocolReader {
        Reader(selector)
    }

    func answer(
        _ report: borrowing IngestReport, _ facts: borrowing AnswerFacts,
        into text: inout ByteBuffer
    ) -> Response {
        text.append("[")
        for index in 0..<facts.results.count {
            if index > 0 { text.append(",") }
            text.append(decimal: Int(facts.results[index]))
        }
        text.append("]")
        return .json
    }

    func answer(
        _ refusal: inout Refusal, _ kept: Span<UInt8>, into text: inout ByteBuffer
    ) -> Response? {
        text.append("sorry: ")
        text.append(refusal.code)
        return Response(refusal.status, "text/plain")
    }

    final class Reader: ProtocolReader {
        private let selector: any BatchSelector
        private var at = 0

        init(_ selector: any BatchSelector) { self.selector = selector }

        var wantsResults: Bool { true }

        func begin(_ format: BodyFormat) { at = 0 }

        /// Reads one line a visit where there is a deadline.
        func proceed(
            _ body: Span<UInt8>, into sink: inout RecordSink, until deadline: Int64
        ) throws(IngestError) -> Bool {
            while at < body.count {
                var end = at
                while end < body.count, body[end] != UInt8(ascii: "\n") { end += 1 }
                try read(body.extracting(at..<end), from: at, into: &sink)
                at = min(end + 1, body.count)
                if deadline != .max { return at == body.count }
            }
            return true
        }

        private func read(
            _ line: Span<UInt8>, from place: Int, into sink: inout RecordSink
        ) throws(IngestError) {
            var space = 0
            while space < line.count, line[space] != UInt8(ascii: " ") { space += 1 }
            guard space < line.count, sink.select(line.extracting(..<space), by: selector) else {
                return sink.reject(line, .notAnObject, from: place)
            }
            let value = line.extracting((space + 1)...)
            guard !value.isEmpty, value[0] >= UInt8(ascii: "0"), value[0] <= UInt8(ascii: "9")
            else {
                return sink.reject(line, .invalidJSON, from: place)
            }
            var object = ByteBuffer()
            object.append("{\"v\":")
            object.append(value)
            object.append("}")
            try sink.append(object: object.span, hasLineBreaks: false, from: place)
        }
    }
}
