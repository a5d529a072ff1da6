// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// OpenSSL's notes of failures in this thread, ERR_get_error(3).
///
/// What is left in it would be taken for the reason of the next failure, so whoever meets one
/// takes all.
enum ErrorQueue {
    struct Entry {
        let code: UInt

        var library: Int32 { ERR_GET_LIB(code) }
        var reason: Int32 { ERR_GET_REASON(code) }

        /// A few words in English.
        var text: String {
            ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)"
        }
    }

    /// The oldest entry, which is the cause of the others; none is left.
    static func take() -> Entry? {
        let code = ERR_get_error()
        ERR_clear_error()
        return code == 0 ? nil : Entry(code: code)
    }

    static func clear() { ERR_clear_error() }
}
