// SPDX-License-Identifier: Apache-2.0

import Logging

/// Logs into a rotating file, one JSON object a line.
///
/// ```json
/// {"time":"2026-11-23T13:56:01.078Z","level":"error","logger":"web","message":"not saved",
///  "error":{"type":"Shop.StorageError","message":"full"},"metadata":{"order":"17"}}
/// ```
///
/// (on one line). `error` is there when the call has one, `metadata` when there is any. Its values
/// are strings, arrays and objects: what is only convertible to a string is a string, numbers
/// included. It consists of the logger's own, over it that of the metadata provider, over that the
/// call's.
public struct RotatingFileLogHandler: LogHandler {
    /// Below this level nothing is logged.
    public var logLevel: Logger.Level
    /// Metadata added to each line of this logger.
    public var metadata: Logger.Metadata = [:]
    /// Asked at each line for metadata to add.
    public var metadataProvider: Logger.MetadataProvider?
    /// Whether lines have `source` (the module), `file` and `line` as well.
    public var includesSource = false

    private let label: String
    private let sink: RotatingFileSink

    /// A handler for the logger `label`.
    ///
    /// ```swift
    /// LoggingSystem.bootstrap { RotatingFileLogHandler(label: $0, sink: sink) }
    /// ```
    public init(
        label: String, sink: RotatingFileSink, logLevel: Logger.Level = .info,
        metadataProvider: Logger.MetadataProvider? = LoggingSystem.metadataProvider
    ) {
        self.label = label
        self.sink = sink
        self.logLevel = logLevel
        self.metadataProvider = metadataProvider
    }

    /// One item of the metadata.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Gives the sink one line; failures are counted there.
    public func log(event: LogEvent) {
        let now = sink.clock()
        var fields = metadata
        if let provided = metadataProvider?.get() { fields.merge(provided) { $1 } }
        if let own = event.metadata { fields.merge(own) { $1 } }
        // Made before the sink is locked: a description may itself log.
        let line = LogLine(
            event, metadata: fields, label: label, includesSource: includesSource, at: now)
        sink.write(line, level: event.level, at: now)
    }
}
