// SPDX-License-Identifier: Apache-2.0

import Bytes
import HTTP
import Protocols

/// The answer to `GET /`, for a person who finds the address: what this is, how to send records,
/// and where the rest is.
struct Welcome: OptionSet {
    let rawValue: UInt8

    /// The client is a browser, because it accepts HTML (RFC 9110, 12.5.1); others get text.
    static let html = Welcome(rawValue: 1)
    /// The listener is for operators and accepts no records.
    static let operators = Welcome(rawValue: 2)
    /// `/ui` is there.
    static let page = Welcome(rawValue: 4)
    /// Records need a token.
    static let token = Welcome(rawValue: 8)
    /// The connection has TLS.
    static let secure = Welcome(rawValue: 16)
    /// The client came by a Unix socket.
    static let unix = Welcome(rawValue: 32)
    /// `/health` and `/metrics` are only for operators.
    static let unobserved = Welcome(rawValue: 64)

    init(rawValue: UInt8) { self.rawValue = rawValue }

    init(accept: Span<UInt8>) {
        let accepted = accept.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        let isHTML = accepted.lowercased().split(separator: ",").contains { range in
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " } }
            return parts.first == "text/html" && !parts.contains("q=0")
        }
        self = isHTML ? .html : []
    }

    /// Appends the body.
    ///
    /// - Parameter host: the authority that the client uses; empty if it names none.
    func respond(_ host: Span<UInt8>, into text: inout ByteBuffer) -> Response {
        let sent = host.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        let name = Self.isPlain(host) ? sent : "localhost"
        let paragraphs = paragraphs(at: (contains(.secure) ? "https://" : "http://") + name)
        guard contains(.html) else {
            let lines = paragraphs.map {
                $0.code.isEmpty ? "\($0.text)\n" : "\($0.text)\n  \($0.code)\n"
            }
            text.append(string: lines.joined(separator: "\n"))
            return Response(.ok, "text/plain; charset=utf-8", fields: Self.fields)
        }
        text.append(string: Self.head)
        for paragraph in paragraphs {
            text.append(string: "<p>\(Self.linked(Self.escaped(paragraph.text)))\n")
            if !paragraph.code.isEmpty {
                text.append(string: "<pre>\(Self.escaped(paragraph.code))</pre>\n")
            }
        }
        return Response(.ok, "text/html; charset=utf-8", fields: Self.fields)
    }

    /// Whether a name stands in a command of a shell for itself.
    private static func isPlain(_ host: Span<UInt8>) -> Bool {
        for index in host.indices {
            let byte = host[index]
            let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            guard isLetter || isDigit || "-.:[]".utf8.contains(byte) else { return false }
        }
        return !host.isEmpty
    }

    private func paragraphs(at address: String) -> [(text: String, code: String)] {
        var paragraphs = [
            (
                text:
                    "Cordwood \(Version.current) receives logs over HTTP and keeps them as files.",
                code: ""
            )
        ]
        if contains(.operators) {
            paragraphs.append(("This address is for operators and accepts no records.", ""))
        } else {
            let token = contains(.token) ? "-H 'Authorization: Bearer TOKEN' " : ""
            let curl = contains(.unix) ? "curl --unix-socket SOCKET \(token)" : "curl \(token)"
            paragraphs.append(
                (
                    "Send a record; the answer 200 means that it is in the file:",
                    "\(curl)-d '{\"level\":\"info\",\"msg\":\"hello\"}' \(address)/logs"
                ))
            paragraphs.append(
                (
                    "Send lines to a file of their own, web.log:",
                    "\(curl)--data-binary @access.log \(address)/logs/web"
                ))
        }
        if contains(.page) || contains(.operators) {
            paragraphs.append(("The page /ui shows the records and the state of the service.", ""))
        }
        paragraphs.append(
            (
                "\(contains(.unobserved) ? "" : "The state is at /health and /metrics. ")The contract is at /openapi.yaml. The manual is `man cordwood`; what to type for each job is in docs/README.md of the sources, or in /usr/share/doc/cordwood.",
                ""
            ))
        return paragraphs
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    /// Makes links of the paths of the service.
    private static func linked(_ text: String) -> String {
        text.split(separator: " ", omittingEmptySubsequences: false).map { word in
            guard let path = paths.first(where: word.hasPrefix) else { return String(word) }
            return "<a href=\"\(path)\">\(path)</a>\(word.dropFirst(path.count))"
        }.joined(separator: " ")
    }

    private static let paths = ["/ui", "/health", "/metrics", "/openapi.yaml"]

    private static let head = """
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <meta name="color-scheme" content="light dark">
        <title>Cordwood</title>
        <h1>Cordwood</h1>

        """

    /// The page loads nothing and runs nothing, and caches keep it apart from the text (RFC 9110,
    /// 12.5.5).
    private static let fields: StaticString = """
        Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r
        X-Content-Type-Options: nosniff\r
        Vary: Accept\r
        Cache-Control: no-cache\r

        """
}
