import Bytes
import HTTP
import Ingest
import RotatingFile

/// Writing the answers, once the turn's records stand in their files.
extension Worker {
    func encode(_ pending: PendingAnswer, isLast: Bool, into output: inout ByteBuffer) {
        let answer = answers[pending.index]
        let status: Status
        switch answer.content {
        case .ingested(let stream, let report, let isDurable):
            status = encodeIngested(stream, report, isDurable, answer, isLast, &output)
        case .unreadable(let error):
            status = encodeUnreadable(error, answer, isLast, &output)
        case .unavailable:
            counters.add(1, to: .overloadWriteError)
            status = encodeUnavailable(
                "write_failed", "The stream's file cannot be opened; send again later.", answer,
                isLast, &output)
        case .tooManyStreams:
            counters.add(1, to: .overloadStreams)
            status = encodeUnavailable(
                "too_many_streams",
                "There are as many streams as streams.max_count allows and this would be a new one; write to one that is there, or send again when there is room.",
                answer, isLast, &output)
        case .diskLow:
            counters.add(1, to: .overloadDiskLow)
            status = encodeUnavailable(
                "disk_low",
                "The disk is nearly full; nothing is taken until there is room; send again later.",
                answer, isLast, &output)
        case .overload(let overload):
            counters.add(1, to: overload.cell)
            status = encodeUnavailable(overload.code, overload.message, answer, isLast, &output)
        case .malformed(let error):
            status = error.status
            encodeMalformed(error, answer, requestIDs, &output)
        case .failure(let failure):
            status = failure.status
            encodeError(
                status, failure.code, failure.message, headers: failure.headers, answer, isLast,
                &output)
        case .denied(let refusal):
            status = refusal.status
            counters.add(1, to: refusal.cell)
            encodeError(
                status, refusal.code, refusal.message, headers: refusal.headers, answer, isLast,
                &output)
        case .text(let word):
            status = .ok
            text.removeAll()
            text.append(word)
            encodeText(status, "text/plain; charset=utf-8", answer, isLast, &output)
        case .empty:
            status = .ok
            text.removeAll()
            encodeText(status, "", answer, isLast, &output)
        case .methods(let allow):
            status = .ok
            text.removeAll()
            encodeText(status, "", allow: allow, answer, isLast, &output)
        case .readiness: status = encodeReadiness(answer, isLast, &output)
        case .health: status = encodeHealth(answer, isLast, &output)
        case .metrics: status = encodeMetrics(answer, isLast, &output)
        case .page: status = encodePage(answer, isLast, &output)
        case .streamList: status = encodeStreamList(answer, isLast, &output)
        case .tail(let query): status = encodeTail(query, answer, isLast, &output)
        case .contract: status = encodeContract(answer, isLast, &output)
        }
        counters.countRequest(answer.route, status.code)
        noteStatus(pending, status)
    }

    private func encodeIngested(
        _ index: Int, _ report: IngestReport, _ isDurable: Bool, _ answer: Answer,
        _ isLast: Bool, _ output: inout ByteBuffer
    ) -> Status {
        let outcome = streams[index].outcome
        if outcome == .failed {
            counters.add(1, to: .overloadWriteError)
            return encodeUnavailable(
                "write_failed",
                "The records could not be written; none of them is in the file; send again later.",
                answer, isLast, &output)
        }
        count(report, at: streams[index].place)
        if outcome == .unsynchronized, isDurable {
            counters.add(1, to: .overloadSyncError)
            return encodeUnavailable(
                "sync_failed",
                "The records could not be put on the disk for certain; send again later.",
                answer, isLast, &output)
        }
        countIngested(answer)
        text.removeAll()
        if report.accepted == 0, report.rejected > 0 {
            let isWithheld = report.rejected(for: .withheld) > 0
            text.append(
                isWithheld
                    ? "{\"error\":{\"code\":\"atomic_refused\",\"message\":\"All or none was asked for and not all can be used: none is written.\"},"
                    : "{\"error\":{\"code\":\"nothing_usable\",\"message\":\"None of the records can be used; they are kept as rejected.\"},"
            )
            append(report, to: &text)
            encodeText(.badRequest, "application/json", answer, isLast, &output)
            return .badRequest
        }
        text.append("{")
        append(report, to: &text)
        encodeSuccess(answer, isLast, requestIDs, text, &output)
        return .ok
    }

    /// The rest of an object: what became of the records.
    private func append(_ report: IngestReport, to text: inout ByteBuffer) {
        text.append("\"accepted\":")
        text.append(decimal: report.accepted)
        text.append(",\"rejected\":")
        text.append(decimal: report.rejected)
        if report.rejected > 0 {
            text.append(",\"errors\":[")
            for position in 0..<report.errorCount {
                if position > 0 { text.append(",") }
                text.append("{\"index\":")
                text.append(decimal: report.error(at: position).index)
                text.append(",\"reason\":\"")
                text.append(report.error(at: position).reason.code)
                text.append("\",\"offset\":")
                text.append(decimal: report.error(at: position).offset)
                text.append("}")
            }
            text.append("]")
        }
        if report.truncated > 0 {
            text.append(",\"truncated\":")
            text.append(decimal: report.truncated)
        }
        if report.unkept > 0 {
            text.append(",\"unkept\":")
            text.append(decimal: report.unkept)
        }
        if report.strayCommas > 0 {
            text.append(",\"stray_commas\":{\"count\":")
            text.append(decimal: report.strayCommas)
            text.append(",\"offset\":")
            text.append(decimal: report.strayCommaOffset)
            text.append("}")
        }
        text.append("}\n")
    }

    private func count(_ report: IngestReport, at place: Int) {
        counters.add(report.accepted + report.rejected, to: .received)
        counters.add(report.accepted, to: .written)
        counters.add(report.accepted, to: .written, at: place)
        counters.add(report.decodedByteCount, to: .decodedBytes)
        if report.rejected == 0 { return }
        counters.add(report.rejected, to: .rejected)
        counters.add(report.rejected, to: .rejected, at: place)
        counters.add(report.unkept, to: .unkept)
        for reason in RejectionReason.allCases {
            let count = report.rejected(for: reason)
            if count > 0 { counters.countRejection(reason, count) }
        }
    }

    private func encodeUnreadable(
        _ error: IngestError, _ answer: Answer, _ isLast: Bool, _ output: inout ByteBuffer
    ) -> Status {
        let refusal = Refusal(error)
        let isBusy = refusal.status == .serviceUnavailable
        if isBusy { counters.add(1, to: .overloadMemory) }
        var headers = ResponseHeaders(retryAfterSeconds: isBusy ? Self.retryAfterSeconds : nil)
        headers.fields = refusal.fields
        encodeError(
            refusal.status, refusal.code, refusal.message, limit: refusal.limit,
            headers: headers, answer, isLast, &output)
        return refusal.status
    }

    func encodeUnavailable(
        _ code: StaticString, _ message: StaticString, _ answer: Answer, _ isLast: Bool,
        _ output: inout ByteBuffer
    ) -> Status {
        encodeError(
            .serviceUnavailable, code, message,
            headers: ResponseHeaders(retryAfterSeconds: Self.retryAfterSeconds), answer, isLast,
            &output)
        return .serviceUnavailable
    }

    private func encodeMalformed(
        _ error: RequestError, _ answer: Answer, _ identifiers: borrowing ByteBuffer,
        _ output: inout ByteBuffer
    ) {
        encoder.encodeError(
            error, limits: limits, requestID: identifiers.span.extracting(answer.requestID),
            headers: ResponseHeaders(kept: answer.sharing), isHead: answer.isHead, into: &output)
    }

    func encodeError(
        _ status: Status, _ code: StaticString, _ message: StaticString, limit: Int? = nil,
        headers: ResponseHeaders = ResponseHeaders(), _ answer: Answer, _ isLast: Bool,
        _ output: inout ByteBuffer
    ) {
        var headers = headers
        headers.confirmsKeepAlive = answer.confirmsKeepAlive
        headers.kept = answer.sharing
        func encode(_ identifiers: borrowing ByteBuffer) {
            encoder.encodeError(
                status, code: code, message: message, limit: limit,
                requestID: identifiers.span.extracting(answer.requestID), close: isLast,
                headers: headers, isHead: answer.isHead, into: &output)
        }
        encode(requestIDs)
    }

    /// Sends what is in `text`.
    func encodeText(
        _ status: Status, _ contentType: StaticString, allow: StaticString? = nil,
        fields: StaticString? = nil, _ answer: Answer, _ isLast: Bool,
        _ output: inout ByteBuffer
    ) {
        var headers = ResponseHeaders(
            allow: allow, confirmsKeepAlive: answer.confirmsKeepAlive, kept: answer.sharing)
        headers.fields = fields
        func encode(_ identifiers: borrowing ByteBuffer, _ body: borrowing ByteBuffer) {
            encoder.encode(
                status, contentType: contentType,
                requestID: identifiers.span.extracting(answer.requestID), close: isLast,
                headers: headers,
                body: body.span, isHead: answer.isHead, into: &output)
        }
        encode(requestIDs, text)
    }

    private func encodeSuccess(
        _ answer: Answer, _ isLast: Bool, _ identifiers: borrowing ByteBuffer,
        _ body: borrowing ByteBuffer, _ output: inout ByteBuffer
    ) {
        encoder.encodeIngested(
            requestID: identifiers.span.extracting(answer.requestID), close: isLast,
            confirmsKeepAlive: answer.confirmsKeepAlive, kept: answer.sharing, body: body.span,
            into: &output)
    }

    /// When a client that was answered 503 should come again.
    private static let retryAfterSeconds = 1
}
