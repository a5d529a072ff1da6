// SPDX-License-Identifier: Apache-2.0

import Ingest
import RotatingFile

/// Everything that may differ from stream to stream; the initial values are the defaults.
package struct StreamPlan: Sendable, Equatable {
    package var format = StreamFormat.json
    /// Whether a record is on the disk before its request is answered: it survives a power cut.
    ///
    /// Otherwise the kernel has it, and it survives the death of any process.
    package var isDurable = false
    package var rotation = Rotation()
    /// Which rotated files are kept.
    package var retention = Retention()
    /// Whether the retention was chosen for the stream itself and not for all streams.
    package var hasOwnRetention = false

    package init() {}

    /// When the active file is rotated.
    package struct Rotation: Sendable, Equatable {
        package var when = RotationSchedule.When.midnight
        package var interval = 1
        package var atTime: TimeOfDay?
        /// Whether days and hours are counted in UTC; otherwise in the zone of the process.
        package var isUTC = false
        package var isAligned = true
        /// Nil: only time rotates the file.
        package var maximumByteCount: Int64?

        package init() {}

        /// The schedule; values that are allowed each by itself may not fit together.
        package func schedule() throws(RotationScheduleError) -> RotationSchedule {
            try RotationSchedule(
                when: when, interval: interval, atTime: atTime, zone: isUTC ? .utc : .local,
                aligned: isAligned)
        }
    }
}
