import Bytes

extension RecordSink {
    /// Counts `record` as rejected and keeps it, as one line of JSON, with what is known of it.
    ///
    /// - Parameters:
    ///   - place: Where it begins in the decoded body.
    ///   - mistake: How far behind its beginning the mistake is.
    mutating func reject(
        _ record: Span<UInt8>, _ reason: RejectionReason, from place: Int,
        mistakeAt mistake: Int = 0
    ) {
        let index = nextIndex
        let offset = place + mistake
        report.reject(index: index, reason: reason, offset: offset)
        let room = rejectedLimit - (rejected.count - rejectedStart)
        guard room > rejectedHead.count + Self.tailByteCount else {
            report.unkept += 1
            return
        }
        keep(record, reason, index: index, offset: offset, room: room)
    }

    /// Appends the line of a rejected record, of at most `room` bytes.
    private mutating func keep(
        _ record: Span<UInt8>, _ reason: RejectionReason, index: Int, offset: Int, room: Int
    ) {
        if rejectedHead.isEmpty { prepareRejectedHead() }
        let start = rejected.count
        rejected.append(rejectedHead)
        appendMistake(reason, index: index, offset: offset)
        let headEnd = rejected.count
        if record.count <= room {
            appendRaw(record, isCut: false)
            if rejected.count - start <= room { return }
        }
        // Only its beginning is kept, if there is room for any: escaped, a byte may be six.
        report.unkept += 1
        rejected.truncate(to: headEnd)
        let count = (room - (headEnd - start) - Self.tailByteCount) / 6
        guard count >= Self.shortestCut else { return rejected.truncate(to: start) }
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
        rejectedHead.append("{\"time\":\"")
        rejectedHead.append(rfc3339: timeMilliseconds)
        rejectedHead.append("\",\"stream\":\"")
        rejectedHead.append(jsonEscaping: stream)
        rejectedHead.append("\",\"peer\":\"")
        rejectedHead.append(jsonEscaping: peer)
        if !token.isEmpty {
            rejectedHead.append("\",\"token\":\"")
            rejectedHead.append(jsonEscaping: token)
        }
        rejectedHead.append("\",\"index\":")
    }

    private mutating func appendMistake(_ reason: RejectionReason, index: Int, offset: Int) {
        rejected.append(decimal: index)
        rejected.append(",\"offset\":")
        rejected.append(decimal: offset)
        rejected.append(",\"reason\":\"")
        rejected.append(reason.code)
    }

    private mutating func appendRaw(_ kept: Span<UInt8>, isCut: Bool) {
        if kept.isUTF8 {
            rejected.append("\",\"raw\":\"")
            rejected.append(jsonEscaping: kept)
        } else {
            rejected.append("\",\"raw_base64\":\"")
            rejected.append(base64: kept)
        }
        rejected.append(isCut ? "\",\"truncated\":true}\n" : "\"}\n")
    }
}
