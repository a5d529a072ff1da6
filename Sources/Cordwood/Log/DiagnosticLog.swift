// SPDX-License-Identifier: Apache-2.0

import Bytes
import CordwoodConfiguration
import Diagnostics
import Glibc
import Linux
import Logging

/// The destination of the service's own messages: one line each to stderr, as text or as JSON.
struct DiagnosticLog: LogHandler {
    enum Format: Sendable {
        case text
        case json
    }

    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    let format: Format
    let label: String

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var metadata = metadata.merging(event.metadata ?? [:]) { $1 }
        let name = metadata.removeValue(forKey: DiagnosticEvent.field).map { "\($0)" }
        let fields = metadata.sorted { $0.key < $1.key }
        let time = RFC3339.string(epochNanoseconds: Clock.epochNanoseconds())
        var line: String
        switch format {
        case .text:
            line = "\(time) \(event.level) \(label)[\(getpid())] \(event.message)"
            if let name { line += " event=\(name)" }
            for (key, value) in fields { line += " \(key)=\(value)" }
        case .json:
            line = "{\"time\":\"\(time)\",\"level\":\"\(event.level)\",\"process\":\"\(label)\""
            line += ",\"pid\":\(getpid())"
            if let name { line += ",\"event\":\(JSONText.quoted(name))" }
            line += ",\"message\":\(JSONText.quoted("\(event.message)"))"
            for (key, value) in fields {
                line += ",\(JSONText.quoted(key)):\(JSONText.quoted("\(value)"))"
            }
            line += "}"
        }
        line += "\n"
        // One write, so that lines of several processes do not mix. A stderr that nobody reads must
        // not stop the service, so a line is dropped instead of waiting.
        var stderr = pollfd(fd: STDERR_FILENO, events: Int16(POLLOUT), revents: 0)
        guard poll(&stderr, 1, 0) == 1, stderr.revents & Int16(POLLOUT) != 0 else { return }
        line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

extension DiagnosticLog {
    /// The log of a process, as configured.
    static func logger(_ label: String, _ settings: Configuration) -> Logger {
        let format: Format =
            switch settings.log.format {
            case .text: .text
            case .json: .json
            case .auto: isatty(STDERR_FILENO) == 1 ? .text : .json
            }
        return Logger(label: label) { label in
            DiagnosticLog(logLevel: settings.log.level, format: format, label: label)
        }
    }
}
