// SPDX-License-Identifier: Apache-2.0

import Bytes

extension RecordSink {
    /// Counts `record` as rejected and keeps it, as one line of JSON, with what is known of it.
    ///
    /// - Parameters:
    ///   - place: Where it begins in the decoded body; that of an inner body counts instead.
    ///   - mistake: How far behind its beginning the mistake is.
    package mutating func reject(
        _ record: Span<UInt8>, _ reason: RejectionReason, from place: Int,
        mistakeAt mistake: Int = 0
    ) {
        let index = nextIndex
        let offset = origin.place ?? place + mistake
        report.reject(index: index, reason: reason, offset: offset)
        noteResult(reason)
        let room = rejectedLimit - rejectedByteCount
        guard room > target.rejectedHead.count + Self.tailByteCount else {
            report.unkept += 1
            return
        }
        keep(record, reason, index: index, offset: offset, room: room)
    }

    /// Appends the line of a rejected record, of at most `room` bytes.
    private mutating func keep(
        _ record: Span<UInt8>, _ reason: RejectionReason, index: Int, offset: Int, room: Int
    ) {
        if target.rejectedHead.isEmpty { prepareRejectedHead() }
        let start = target.rejected.count
        target.rejected.append(target.rejectedHead)
        appendMistake(reason, index: index, offset: offset)
        let headEnd = target.rejected.count
        if record.count <= room {
            appendRaw(record, isCut: false)
            if target.rejected.count - start <= room { return }
        }
        // Only its beginning is kept, if there is room for any: escaped, a byte may be six.
        report.unkept += 1
        target.rejected.truncate(to: headEnd)
        let count = (room - (headEnd - start) - Self.tailByteCount) / 6
        guard count >= Self.shortestCut else { return target.rejected.truncate(to: start) }
        let end = record.characterBoundary(atOrBefore: min(count, record.count))
        appendRaw(record.extracting(0..<end), isCut: true)
    }

    /// Rejects a record that no index could be made of.
    ///
    /// `mistake` is where it is no JSON, if that is known.
    mutating func rejectUnindexed(
        _ record: Span<UInt8>, from place: Int, mistakeAt mistake: Int? = nil
    ) {
        if record.isUTF8 {
            reject(record, .invalidJSON, from: place, mistakeAt: mistake ?? record.mistake)
        } else {
            reject(record, .invalidUTF8, from: place, mistakeAt: record.validPrefixCount)
        }
    }

    /// Bytes around the text of a record that is cut.
    private static var tailByteCount: Int { 48 }
    /// Less of a record is not worth a line.
    private static var shortestCut: Int { 64 }

    /// What the lines of all rejected records of a request begin with.
    private mutating func prepareRejectedHead() {
        target.rejectedHead.append("{\"time\":\"")
        target.rejectedHead.append(rfc3339: timeMilliseconds)
        target.rejectedHead.append("\",\"stream\":\"")
        target.rejectedHead.append(jsonEscaping: target.stream)
        target.rejectedHead.append("\",\"peer\":\"")
        target.rejectedHead.append(jsonEscaping: peer)
        if !token.isEmpty {
            target.rejectedHead.append("\",\"token\":\"")
            target.rejectedHead.append(jsonEscaping: token)
        }
        target.rejectedHead.append("\",\"index\":")
    }

    private mutating func appendMistake(_ reason: RejectionReason, index: Int, offset: Int) {
        target.rejected.append(decimal: index)
        target.rejected.append(",\"offset\":")
        target.rejected.append(decimal: offset)
        target.rejected.append(",\"reason\":\"")
        target.rejected.append(reason.code)
    }

    private mutating func appendRaw(_ kept: Span<UInt8>, isCut: Bool) {
        if kept.isUTF8 {
            target.rejected.append("\",\"raw\":\"")
            target.rejected.append(jsonEscaping: kept)
        } else {
            target.rejected.append("\",\"raw_base64\":\"")
            target.rejected.append(base64: kept)
        }
        target.rejected.append(isCut ? "\",\"truncated\":true}\n" : "\"}\n")
    }
}
