// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// Puts this process behind all others, for the processor (nice 19) and the disk (the idle class of
/// ioprio_set(2)).
///
/// A kernel that rejects either does no harm.
package func lowerPriority() {
    _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 19)
    _ = clinux_ioprio_idle()
}
