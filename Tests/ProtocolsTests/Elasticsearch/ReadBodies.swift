// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest

@testable import Protocols

/// What became of a body that was sent to a path.
struct ReadBody: Equatable {
    var lines: [String] = []
    /// The lines of the file of rejected records.
    var rejected: [String] = []
    var answer = ""
    var error: IngestError?

    /// The texts of the rejected records, with the JSON escapes of what the tests use undone.
    var rejectedTexts: [String] {
        rejected.map { line in
            guard let start = line.firstRange(of: "\"raw\":\"")?.upperBound else { return line }
            return String(line[start...].dropLast(2)).replacing("\\n", with: "\n")
                .replacing("\\\"", with: "\"").replacing("\\\\", with: "\\")
        }
    }

    /// Reads `body` as the service does.
    ///
    /// - Parameter isPaused: whether reading pauses as often as it may.
    init(
        _ body: [UInt8], path: String = "/_bulk", keepsActions: Bool = true, isPaused: Bool = false,
        limits: IngestLimits = IngestLimits(), stamp: String = ""
    ) {
        let path = Array(path.utf8)
        let reader = ElasticsearchReader(limits, keepsActions: keepsActions)
        reader.read(path.span)
        var ingester = Ingester(limits: limits)
        let name = Array("app".utf8)
        let stamp = Array(stamp.utf8)
        ingester.begin(
            format: .unknown, reader: reader, streamFormat: .json,
            context: RejectionContext(timeMilliseconds: 0, stream: name.span, peer: name.span),
            stamp: stamp.span, textStamp: stamp.span)
        var source = ByteBuffer(capacity: body.count)
        source.append(body.span)
        var batch = ByteBuffer()
        var kept = ByteBuffer()
        do throws(IngestError) {
            while try ingester.proceed(
                source.span, into: &batch, rejected: &kept, until: isPaused ? 0 : .max) == nil
            {}
        } catch {
            self.error = error
            return
        }
        lines = Self.lines(of: batch)
        rejected = Self.lines(of: kept)
        var results = ByteBuffer()
        ingester.appendResults(to: &results)
        var notes = ByteBuffer()
        reader.appendNotes(to: &notes)
        var text = ByteBuffer()
        _ = ElasticsearchAnswers.append(notes.span, results: results.span, to: &text)
        answer = String(text)
    }

    init(_ body: String, path: String = "/_bulk", keepsActions: Bool = true) {
        self.init(Array(body.utf8), path: path, keepsActions: keepsActions)
    }

    private static func lines(of buffer: borrowing ByteBuffer) -> [String] {
        String(buffer).split(separator: "\n").map(String.init)
    }
}
