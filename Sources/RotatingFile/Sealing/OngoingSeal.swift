// SPDX-License-Identifier: Apache-2.0

/// The file that a sealer compresses at this moment, for retention in the same process: a file that
/// has expired is not compressed first, and does not hold up those that were closed after it.
///
/// It is shared by the sealer that compresses and those that remove meanwhile, when the first asks
/// whether it should stop.
package final class OngoingSeal {
    private var path: String?
    /// Whether the file has expired, so that the pass ends and retention finds it free.
    private(set) var isExpired = false

    /// Nothing is compressed.
    package init() {}

    /// Another pass begins.
    func reset() { isExpired = false }

    /// The plain file at `path` is compressed from now on; nil: none is.
    func move(to path: String?) { self.path = path }

    /// Stops compressing the file at `path`, which has expired; false if it is not the one.
    func stop(_ path: String) -> Bool {
        guard self.path == path else { return false }
        isExpired = true
        return true
    }
}
