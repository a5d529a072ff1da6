import Bytes
import CAssets
import HTTP
import Linux
import RotatingFile
import SystemPackage

/// `/ui`, the page for browsers, and what it asks for beside `/health` and `/metrics`.
///
/// What it reads is bounded, since a worker that reads has no time for requests, and no connection
/// is held: the page asks again each second.
extension Worker {
    func encodePage(_ answer: Answer, _ isLast: Bool, _ output: inout ByteBuffer) -> Status {
        text.removeAll()
        let bytes = UnsafeBufferPointer(start: cassets_page, count: cassets_page_byte_count)
        text.append(bytes.span)
        encodeText(
            .ok, "text/html; charset=utf-8", fields: PagePolicy.fields, answer, isLast, &output)
        text.clear(keeping: 4096)
        return .ok
    }

    func encodeStreamList(
        _ answer: Answer, _ isLast: Bool, _ output: inout ByteBuffer
    ) -> Status {
        do {
            let list = StreamList(directory: settings.directory)
            try share(sharedStreamList) { text throws(Errno) in try list.encode(into: &text) }
            encodeData(answer, isLast, &output)
            return .ok
        } catch {
            log.error("cannot list \(settings.directory): \(error)")
            return encodeUnavailable(
                "directory_unreadable",
                "The directory cannot be listed; the reason is in the diagnostic log.", answer,
                isLast, &output)
        }
    }

    func encodeTail(
        _ query: TailQuery, _ answer: Answer, _ isLast: Bool, _ output: inout ByteBuffer
    ) -> Status {
        let document = TailDocument(query, in: settings.directory)
        guard document.isOfStream else {
            let failure = Failure.unknownStream
            encodeError(failure.status, failure.code, failure.message, answer, isLast, &output)
            return failure.status
        }
        text.removeAll()
        document.encode(into: &text)
        encodeData(answer, isLast, &output)
        return .ok
    }

    private func encodeData(_ answer: Answer, _ isLast: Bool, _ output: inout ByteBuffer) {
        encodeText(.ok, "application/json", fields: PagePolicy.dataFields, answer, isLast, &output)
        text.clear(keeping: 4096)
    }
}

/// What a browser is told that it may do with the page and its data.
enum PagePolicy {
    /// The page runs its own script and style, known by their hashes, asks its own origin, and
    /// does nothing else; no other page may hold it (CSP Level 3).
    static let fields: StaticString = """
        Content-Security-Policy: default-src 'none'; \
        script-src 'sha256-UR1FNjAsuAOjTIt0P5KwUF0Up9YF4vG3qBXdYMM87s0='; \
        style-src 'sha256-E0Ed3fgrgejAhq2qmqHyI7FIyBlhjsGFqq+dnOAdGFo='; \
        connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r
        X-Content-Type-Options: nosniff\r
        Referrer-Policy: no-referrer\r
        Cross-Origin-Resource-Policy: same-origin\r
        Cache-Control: no-cache\r

        """

    static let dataFields: StaticString = """
        X-Content-Type-Options: nosniff\r
        Referrer-Policy: no-referrer\r
        Cross-Origin-Resource-Policy: same-origin\r
        Cache-Control: no-store\r

        """
}
