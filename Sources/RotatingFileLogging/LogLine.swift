// SPDX-License-Identifier: Apache-2.0

import Bytes
import Logging

/// A log event as one line of JSON (RFC 8259).
struct LogLine: ~Copyable, @unchecked Sendable {
    // Unchecked: its storage has one owner, and a finished line is only read.

    private(set) var bytes = ByteBuffer(capacity: 512)

    /// The line of `event`, made at `nanoseconds` since 1970 by the logger `label`.
    init(
        _ event: LogEvent, metadata: Logger.Metadata, label: String, includesSource: Bool,
        at nanoseconds: Int64
    ) {
        bytes.append("{\"time\":\"")
        bytes.append(rfc3339: nanoseconds / 1_000_000)
        bytes.append("\",\"level\":\"")
        bytes.append(string: event.level.rawValue)
        bytes.append("\",\"logger\":")
        bytes.append(jsonString: label)
        bytes.append(",\"message\":")
        bytes.append(jsonString: event.message.description)
        if let error = event.error { append(error) }
        if includesSource { appendSource(of: event) }
        if !metadata.isEmpty {
            bytes.append(",\"metadata\":")
            append(metadata)
        }
        bytes.append("}\n")
    }

    private mutating func append(_ error: any Error) {
        bytes.append(",\"error\":{\"type\":")
        bytes.append(jsonString: String(reflecting: type(of: error)))
        bytes.append(",\"message\":")
        bytes.append(jsonString: "\(error)")
        bytes.append("}")
    }

    private mutating func appendSource(of event: LogEvent) {
        bytes.append(",\"source\":")
        bytes.append(jsonString: event.source)
        bytes.append(",\"file\":")
        bytes.append(jsonString: event.file)
        bytes.append(",\"line\":")
        bytes.append(decimal: Int(clamping: event.line))
    }

    /// Keys are sorted, so that equal metadata is equal text.
    private mutating func append(_ metadata: Logger.Metadata) {
        var separator: StaticString = "{"
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            bytes.append(separator)
            bytes.append(jsonString: key)
            bytes.append(":")
            append(value)
            separator = ","
        }
        bytes.append(metadata.isEmpty ? "{}" : "}")
    }

    private mutating func append(_ value: Logger.MetadataValue) {
        switch value {
        case .string(let text): bytes.append(jsonString: text)
        // Always a string, because the type of a field must not depend on its logger.
        case .stringConvertible(let value): bytes.append(jsonString: value.description)
        case .dictionary(let values): append(values)
        case .array(let values):
            var separator: StaticString = "["
            for value in values {
                bytes.append(separator)
                append(value)
                separator = ","
            }
            bytes.append(values.isEmpty ? "[]" : "]")
        }
    }
}
