// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The most memory that this process has had resident, in KiB.
func residentPeakKilobytes() -> Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss
}
