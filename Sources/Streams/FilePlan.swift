// SPDX-License-Identifier: Apache-2.0

import Bytes
import Glibc
import RotatingFile

/// How the files of a stream are made, rotated and kept.
package struct FilePlan: Sendable {
    package let schedule: RotationSchedule
    package let options: RotatingFile.Options
    package let promise: RetentionPromise
    /// The fingerprint of the schedule in the zone of the process.
    package let fingerprint: UInt64

    /// - Parameter mode: the permissions of new files.
    package init(_ plan: StreamPlan, mode: mode_t) throws(RotationScheduleError) {
        schedule = try plan.rotation.schedule()
        fingerprint = schedule.fingerprint
        promise = RetentionPromise(plan.retention, isOwn: plan.hasOwnRetention)
        var options = RotatingFile.Options()
        options.mode = mode
        options.maximumByteCount = plan.rotation.maximumByteCount
        options.isDurable = plan.isDurable
        options.promise = promise
        self.options = options
    }
}

extension PlanTable<FilePlan> {
    /// The fingerprint of all schedules.
    ///
    /// Rules that change no schedule do not count.
    package var fingerprint: UInt64 {
        let last = rules.lastIndex { $0.plan.fingerprint != common.fingerprint }
        guard let last else { return common.fingerprint }
        let words = rules[...last].map { "\($0.pattern) \($0.plan.fingerprint)" }
        let text = (words + ["\(common.fingerprint)"]).joined(separator: " ")
        return FNV1a.hash(of: text.utf8)
    }
}
