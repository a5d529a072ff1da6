/// What the page says of an append before it begins, so that whoever comes after a death knows how
/// much it can have left.
extension StatePage {
    /// Says, before the phase does, how long the file is when `byteCount` bytes are appended behind
    /// `committed`.
    func plan(appending byteCount: Int, behind committed: Int64) {
        let planned = committed &+ Int64(byteCount)
        self[.plannedByteCount] = planned
        self[.plannedCheck] = planned ^ committed ^ Self.checkMask
    }

    /// How long the file is when the append behind `committed` is done; nil where whoever began it
    /// has not said so, as earlier versions do.
    func plannedByteCount(behind committed: Int64) -> Int64? {
        let planned = self[.plannedByteCount]
        return self[.plannedCheck] == planned ^ committed ^ Self.checkMask ? planned : nil
    }

    /// The append that was planned has been taken back: the next one behind the same bytes may be
    /// that of an earlier version.
    func forgetPlan() { self[.plannedCheck] = 0 }
}
