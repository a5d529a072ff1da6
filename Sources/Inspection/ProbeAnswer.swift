import Bytes

/// What has come of the answer to a probe.
struct ProbeAnswer {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ more: some Sequence<UInt8>) { bytes += more }

    /// Nil for what is not HTTP, or not as far as its status.
    var status: Int? {
        let line = String(decoding: bytes.prefix(Self.statusEnd), as: UTF8.self)
        guard line.hasPrefix("HTTP/1."), line.utf8.count == Self.statusEnd else { return nil }
        return WholeNumber.read(line.dropFirst(9)[...])
    }

    /// What has come of the body; nil until the head has ended.
    var body: String? {
        bodyStart.map { String(decoding: bytes[$0...], as: UTF8.self) }
    }

    /// Whether all of it is there that its head has announced.
    var isWhole: Bool {
        guard let bodyStart, let length else { return false }
        return bytes.count - bodyStart >= length
    }

    /// Why the service refuses, in its own words: the message of an error's document, else the
    /// first line of text, without what a terminal would obey, and no more than a line of it.
    var reason: String? {
        guard let body else { return nil }
        let message = JSONValue(body.utf8)?["error"]?["message"]?.string
        // A page of HTML is that of something between, and no sentence.
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

    /// How long `HTTP/1.1 200` is.
    static let statusEnd = 12
    /// Of a reason, in characters.
    private static let reasonLimit = 300
}

extension Unicode.Scalar.Properties {
    fileprivate var isControl: Bool { generalCategory == .control || generalCategory == .format }
}
