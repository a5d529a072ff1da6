// SPDX-License-Identifier: Apache-2.0

import Bytes
import Ingest

/// The parts of a push that all entries of a stream share, as members with a comma behind each.
///
/// They are made once and appended to each line.
struct LokiContext: ~Copyable {
    /// Whether the body is not what the protocol prescribes.
    var hasMistake = false
    /// The member `"labels":…,`.
    var labels = ByteBuffer()
    /// The members behind an entry's own.
    private(set) var tail = ByteBuffer()
    /// What an entry has besides the members that are known.
    var entryExtra = ByteBuffer()

    /// The member `"tenant":…,`.
    private var tenant = ByteBuffer()
    /// The member `"format":…,`.
    var pushFormat = ByteBuffer()
    /// The member `"hash":…,`.
    var hash = ByteBuffer()
    /// Those of the push that are not known.
    var pushExtra = ByteBuffer()
    /// Those of the stream that are not known.
    var streamExtra = ByteBuffer()
    private var scratch = ByteBuffer()

    mutating func readTenant(_ text: Span<UInt8>) {
        tenant.removeAll()
        if text.isEmpty { return }
        tenant.append("\"tenant\":")
        tenant.append(jsonText: text)
        tenant.append(",")
    }

    mutating func begin() {
        hasMistake = false
        pushExtra.removeAll()
        pushFormat.removeAll()
        beginStream()
    }

    mutating func beginStream() {
        labels.removeAll()
        streamExtra.removeAll()
        hash.removeAll()
        tail.removeAll()
    }

    /// Puts together what follows the members of an entry, once all of the stream is known.
    ///
    /// - Parameters:
    ///   - pushExtra: the name of the object of members of the push that are not known.
    ///   - streamExtra: the same for the stream.
    mutating func endStreamHead(pushExtra pushName: StaticString, streamExtra: StaticString) {
        tail.append(tenant)
        tail.append(pushFormat)
        tail.append(hash)
        Self.append(pushExtra, as: pushName, to: &tail)
        Self.append(self.streamExtra, as: streamExtra, to: &tail)
    }

    private static func append(
        _ members: borrowing ByteBuffer, as name: StaticString, to tail: inout ByteBuffer
    ) {
        if members.isEmpty { return }
        tail.append("\"")
        tail.append(name)
        tail.append("\":{")
        tail.append(members)
        tail.truncate(to: tail.count - 1)
        tail.append("},")
    }

    /// Notes labels as text, such as `{a="b"}`.
    mutating func setLabels(_ text: Span<UInt8>) {
        labels.removeAll()
        labels.append("\"labels\":")
        if !labels.append(labelsIn: text, &scratch) { labels.append(jsonText: text) }
        labels.append(",")
    }

    /// Notes labels in JSON: an object, or a string of their text.
    mutating func setLabels(_ value: JSONValue, of json: borrowing JSONScanner) {
        if value.kind == .quote {
            let inside = json.bytes(value.range.lowerBound + 1..<value.range.upperBound - 1)
            var text = ByteBuffer(capacity: inside.count)
            text.append(insideOfString: inside)
            return setLabels(text.span)
        }
        labels.removeAll()
        labels.append("\"labels\":")
        json.append(value, to: &labels)
        labels.append(",")
    }

    /// The bytes that the context adds to a line.
    var lineByteCount: Int { labels.count + tail.count + entryExtra.count }

    var byteCount: Int { labels.count + tail.count + streamExtra.count + pushExtra.count }

    mutating func shrink(to byteCount: Int) {
        labels.clear(keeping: byteCount)
        tail.clear(keeping: byteCount)
        entryExtra.clear(keeping: byteCount)
        tenant.clear(keeping: byteCount)
        pushExtra.clear(keeping: byteCount)
        pushFormat.clear(keeping: byteCount)
        streamExtra.clear(keeping: byteCount)
        scratch.clear(keeping: byteCount)
    }
}

/// How much of a push is read between two looks at the clock.
struct LokiPart {
    private let firstInput: Int
    private let firstOutput: Int

    init(at input: Int, _ output: Int) {
        firstInput = input
        firstOutput = output
    }

    /// Whether 32 KiB are read, or 1 MiB is written, because lines repeat the labels.
    func isOver(at input: Int, _ output: Int) -> Bool {
        input - firstInput >= 32 << 10 || output - firstOutput >= 1 << 20
    }
}

extension RecordSink {
    /// Whether there is memory for a line of an unusually large stream.
    mutating func hasRoom(for entry: Int, _ context: borrowing LokiContext) -> Bool {
        let count = 6 * entry + context.lineByteCount + 1024
        return count < 1 << 20 || line.tryReserve(count)
    }
}
