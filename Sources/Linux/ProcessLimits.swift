// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Opens /dev/null as each of the descriptors 0 to 2 that is closed.
///
/// Otherwise the next file that is opened gets the number, and receives the text for stderr.
package func reserveStandardDescriptors() {
    for number in 0...2 where fcntl(Int32(number), F_GETFD) == -1 {
        // open(2) returns the lowest number that is free, which is this one.
        _ = open("/dev/null", O_RDWR)
    }
}

/// How many descriptors this process may have open, getrlimit(2).
package func descriptorLimit() -> Int {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return .max }
    return Int(clamping: limit.rlim_cur)
}

/// Raises the limit on open descriptors, getrlimit(2), to the most that is allowed.
package func raiseDescriptorLimit() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
}
