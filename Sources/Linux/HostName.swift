// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The name of this machine, or of the container.
package enum HostName {
    /// Empty if the system does not tell.
    ///
    /// The corresponding call is gethostname(2).
    package static var current: String {
        // HOST_NAME_MAX is 64; the last byte stays 0.
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 257) { buffer in
            buffer.initialize(repeating: 0)
            guard let address = buffer.baseAddress, gethostname(address, buffer.count - 1) == 0
            else { return "" }
            return String(cString: address)
        }
    }
}
