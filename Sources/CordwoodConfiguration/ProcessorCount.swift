// SPDX-License-Identifier: Apache-2.0

import Linux

/// The number of processors that this process may use.
enum ProcessorCount {
    /// The processors of the affinity mask, or fewer if the control group has a smaller quota.
    ///
    /// A container limited to two processors on a machine of sixty-four would otherwise get
    /// sixty-four workers, which the scheduler then throttles together.
    static func available() -> Int {
        let inMask = availableProcessorCount()
        guard let text = try? TextFile.read("/sys/fs/cgroup/cpu.max"), let quota = quota(of: text)
        else { return inMask }
        return min(inMask, quota)
    }

    /// The processors that `cpu.max` (cgroup v2: quota and period in microseconds) allows, rounded
    /// up; `nil` without a quota.
    static func quota(of text: String) -> Int? {
        let fields = text.split { $0 == " " || $0 == "\n" }
        guard fields.count == 2, let quota = Int(fields[0]), let period = Int(fields[1]),
            quota > 0, period > 0
        else { return nil }
        return (quota - 1) / period + 1
    }
}
