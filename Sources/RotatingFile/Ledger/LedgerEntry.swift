// SPDX-License-Identifier: Apache-2.0

/// One line of a ledger: an object of JSON, as far as this version knows its members.
///
/// Members that it does not know are passed over, so that later versions can add some.
struct LedgerEntry: Equatable {
    /// The event of a line, as far as it tells in which order files were closed, or the retention.
    enum Event: String {
        /// The active file was about to be given `name`.
        case rolled
        /// `name` stands, and the ledger did not know it: the machine had stopped before the line
        /// was on the disk.
        case found
        /// The rotated file `formerName` was about to be given `name`, and keeps its place.
        case renamed
        /// From now on `promise` is kept.
        case keeps
    }

    /// Counts the lines.
    var sequence: Int64 = 0
    /// Seconds since 1970, by the clock of the process that wrote the line.
    var at: Int64 = 0
    /// Nil: an event that this version does not know.
    var event: Event?
    /// A rotated file's name without `.gz`.
    var name: String?
    var formerName: String?
    /// The state page's generation and the inode of the active file that was closed.
    var generation: Int64?
    var inode: Int64?
    var byteCount: Int64?
    var promise: RetentionPromise?
}

/// The retention of a stream's rotated files that its service has promised.
package struct RetentionPromise: Equatable, Sendable {
    package var retention: Retention
    /// Whether it was said for this stream, and not for all.
    package var isOwn: Bool

    package init(_ retention: Retention, isOwn: Bool) {
        self.retention = retention
        self.isOwn = isOwn
    }
}

extension LedgerEntry {
    /// Whether `other` is the line of another attempt with the same file.
    func repeats(_ other: LedgerEntry) -> Bool {
        event == .rolled && other.event == .rolled && generation != nil && name == other.name
            && generation == other.generation && inode == other.inode
            && promise == other.promise
    }

    /// Reads a line without its line feed; nil if it is no object of JSON.
    init?(parsing line: ArraySlice<UInt8>) {
        var scanner = LedgerScanner(line)
        var limits: [String: Int64] = [:]
        var isOwn = false
        let isWhole = scanner.readObject { key, value in
            switch (key, value) {
            case ("seq", .number(let number)): sequence = number
            case ("at", .number(let number)): at = number
            case ("event", .text(let text)): event = Event(rawValue: text)
            case ("name", .text(let text)): name = text
            case ("of", .text(let text)): formerName = text
            case ("generation", .number(let number)): generation = number
            case ("inode", .number(let number)): inode = number
            case ("bytes", .number(let number)): byteCount = number
            case ("keep_own", .other(let isTrue)): isOwn = isTrue
            case (_, .number(let number)) where key.hasPrefix("keep_"): limits[key] = number
            default: break
            }
        }
        guard isWhole else { return nil }
        promise = Self.promise(limits, isOwn: isOwn)
    }

    /// The line, with its line feed.
    var line: [UInt8] {
        var text = "{\"seq\":\(sequence),\"at\":\(at)"
        if let event { text += ",\"event\":\"\(event.rawValue)\"" }
        if let name { text += ",\"name\":\(Self.quoted(name))" }
        if let formerName { text += ",\"of\":\(Self.quoted(formerName))" }
        if let generation { text += ",\"generation\":\(generation)" }
        if let inode { text += ",\"inode\":\(inode)" }
        if let byteCount { text += ",\"bytes\":\(byteCount)" }
        if let promise {
            let retention = promise.retention
            text += ",\"keep_count\":\(retention.backupCount)"
            if let age = retention.maximumAgeSeconds { text += ",\"keep_age\":\(age)" }
            if let bytes = retention.maximumTotalByteCount { text += ",\"keep_bytes\":\(bytes)" }
            text += ",\"keep_own\":\(promise.isOwn)"
        }
        return Array((text + "}\n").utf8)
    }

    private static func promise(_ limits: [String: Int64], isOwn: Bool) -> RetentionPromise? {
        guard let count = limits["keep_count"].flatMap({ Int(exactly: $0) }), count >= 0 else {
            return nil
        }
        var retention = Retention()
        retention.backupCount = count
        retention.maximumAgeSeconds = limits["keep_age"]
        retention.maximumTotalByteCount = limits["keep_bytes"]
        return RetentionPromise(retention, isOwn: isOwn)
    }

    /// `text` as a string of JSON.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\u{0}"..<" ":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
