// SPDX-License-Identifier: Apache-2.0

#if DEBUG
    import Glibc
#endif

/// A protection that the crash campaign switches off to show that it notices its absence.
///
/// Debug builds read its name from `CORDWOOD_WEAKEN`; in release builds all are always on.
enum Safeguard: String {
    /// The state page's lock around every append and rollover.
    case lock
    /// Cutting back the bytes of an append that died or failed half-way.
    case cutBack = "cut-back"
    /// The line in the ledger that says in which order a file was closed.
    case ledger

    /// Whether this process has to do without it.
    @inline(__always) var isOff: Bool {
        #if DEBUG
            self == Self.off
        #else
            false
        #endif
    }

    #if DEBUG
        private static let off = getenv("CORDWOOD_WEAKEN").map { name in
            guard let safeguard = Safeguard(rawValue: String(cString: name)) else {
                preconditionFailure("CORDWOOD_WEAKEN is malformed: \(String(cString: name))")
            }
            return safeguard
        }
    #endif
}
