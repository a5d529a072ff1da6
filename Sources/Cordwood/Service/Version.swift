// SPDX-License-Identifier: Apache-2.0

import Compression

/// The version of this service, and its components.
package enum Version {
    package static let current = "0.2.0"

    /// All of it, such as `cordwood 1.2.3 (swift 6.3, zlib 1.2.13)`.
    package static var line: String {
        "cordwood \(current) (swift \(swift), zlib \(Zlib.version))"
    }

    /// The compiler's release, which only conditional compilation can test.
    private static var swift: String {
        #if compiler(>=6.4)
            "6.4 or later"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
