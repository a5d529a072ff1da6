// SPDX-License-Identifier: Apache-2.0

import Bytes

/// The received part of the answer to a probe.
struct ProbeAnswer {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ more: some Sequence<UInt8>) { bytes += more }

    /// Nil if the answer is not HTTP, or its status has not arrived.
    var status: Int? {
        let line = String(decoding: bytes.prefix(Self.statusEnd), as: UTF8.self)
        guard line.hasPrefix("HTTP/1."), line.utf8.count == Self.statusEnd else { return nil }
        return WholeNumber.read(line.dropFirst(9)[...])
    }

    /// The received part of the body; nil before the end of the head.
    var body: String? {
        bodyStart.map { String(decoding: bytes[$0...], as: UTF8.self) }
    }

    /// Whether the body has the length that the head announced.
    var isWhole: Bool {
        guard let bodyStart, let length else { return false }
        return bytes.count - bodyStart >= length
    }

    /// The service's reason for an error: the message of the error document, or else the first line
    /// of the text, without control characters and not longer than one line.
    var reason: String? {
        guard let body else { return nil }
        let message = JSONValue(body.utf8)?["error"]?["message"]?.string
        // A page of HTML comes from a proxy and is no sentence.
        let line = message ?? (body.hasPrefix("<") ? "" : String(body.prefix { !$0.isNewline }))
        let printable = line.unicodeScalars.filter { !$0.properties.isControl }
        let reason = String(String.UnicodeScalarView(printable.prefix(Self.reasonLimit)))
        return reason.isEmpty ? nil : reason
    }

    private var bodyStart: Int? {
        let blank = Array("\r\n\r\n".utf8)
        return bytes.indices.first { bytes[$0...].starts(with: blank) }.map { $0 + blank.count }
    }

    private var length: Int? {
        guard let bodyStart else { return nil }
        let head = String(decoding: bytes[..<bodyStart], as: UTF8.self)
        for line in head.split(separator: "\r\n").dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
            return WholeNumber.read(parts[1].drop { $0 == " " })
        }
        return nil
    }

    /// The length of `HTTP/1.1 200`.
    static let statusEnd = 12
    /// The longest reason, in characters.
    private static let reasonLimit = 300
}

extension Unicode.Scalar.Properties {
    /// Whether it could control a terminal.
    package var isControl: Bool { generalCategory == .control || generalCategory == .format }
}
