import RotatingFile
import Streams

/// What may differ from stream to stream.
extension Configuration {
    package struct StreamSettings: Sendable, Equatable {
        package var rotation: Rotation
        package var format: Streams.Format
        package var ack: Ack
    }

    /// What counts for the streams whose names match a pattern.
    package struct StreamRule: Sendable, Equatable {
        /// A name, or a pattern in which `*` is any text.
        package var pattern: String
        package var settings: StreamSettings
        /// Whether it says what is kept, and not what counts for all.
        package var hasOwnRetention = false

        package func matches(_ name: String) -> Bool {
            StreamName.isAllowed(name.utf8.span, by: [Array(pattern.utf8)])
        }
    }

    /// What counts for the streams that no rule matches.
    package var commonStreamSettings: StreamSettings {
        StreamSettings(rotation: rotation, format: streams.format, ack: ack)
    }

    /// What counts for the stream `name`: of the rules that match it the first.
    package func settings(ofStream name: String) -> StreamSettings {
        perStream.first { $0.matches(name) }?.settings ?? commonStreamSettings
    }

    /// The rule that counts for an active file, that of the rejected records of a stream too; nil:
    /// none does.
    package func rule(ofFile name: String) -> StreamRule? {
        guard let stream = StreamName.stream(ofFile: name) else { return nil }
        return perStream.first { $0.matches(stream) }
    }
}

extension Configuration.Rotation {
    package func schedule() throws(RotationScheduleError) -> RotationSchedule {
        try RotationSchedule(
            when: when, interval: interval, atTime: atTime, zone: utc ? .utc : .local,
            aligned: aligned)
    }

    package var retention: Retention {
        var result = Retention()
        result.backupCount = backupCount
        result.maximumAgeSeconds = maxAgeSeconds
        result.maximumTotalByteCount = maxTotalByteCount
        return result
    }

    /// Whether something but the number of files limits what is kept.
    var hasOtherLimit: Bool { maxAgeSeconds != nil || maxTotalByteCount != nil }

    /// Lets all files be kept.
    mutating func removeLimits() {
        backupCount = 0
        maxAgeSeconds = nil
        maxTotalByteCount = nil
    }
}
