// SPDX-License-Identifier: Apache-2.0

/// The length that an append will give the file, which the page says before the append begins: after a
/// death the next process knows how many bytes can have been left.
extension StatePage {
    /// Says, before the phase does, how long the file is when `byteCount` bytes are appended behind
    /// `committed`.
    func plan(appending byteCount: Int, behind committed: Int64) {
        let planned = committed &+ Int64(byteCount)
        self[.plannedByteCount] = planned
        self[.plannedCheck] = planned ^ committed ^ Self.checkMask
    }

    /// How long the file is when the append behind `committed` is done; nil where its process has not
    /// said so, as earlier versions do not.
    func plannedByteCount(behind committed: Int64) -> Int64? {
        let planned = self[.plannedByteCount]
        return self[.plannedCheck] == planned ^ committed ^ Self.checkMask ? planned : nil
    }

    /// The append that was planned has been taken back: the next one behind the same bytes may be
    /// that of an earlier version.
    func forgetPlan() { self[.plannedCheck] = 0 }
}
