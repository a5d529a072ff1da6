// SPDX-License-Identifier: Apache-2.0

import CAssets
import Protocols

// `/ui`, the page for browsers. Its requests besides `/health` and `/metrics` are bounded, because
// a worker that reads files has no time for other requests. No connection is held: the page polls
// each second.

extension Endpoint {
    /// `/ui`: the page itself, which requests everything that it shows.
    static let page = get("/ui", .page, weight: 2) { _, _, text in
        let bytes = UnsafeBufferPointer(start: cassets_page, count: cassets_page_byte_count)
        text.append(bytes.span)
        return Response(.ok, "text/html; charset=utf-8", fields: PagePolicy.fields)
    }
}

extension Response {
    /// 200 with JSON for the page.
    static var pageData: Response {
        Response(.ok, "application/json", fields: PagePolicy.dataFields)
    }
}

/// The header fields that tell a browser what the page and its data may do.
enum PagePolicy {
    /// The page runs its own script and style, known by their hashes, and connects only to its own
    /// origin; no other page may frame it (CSP Level 3).
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
