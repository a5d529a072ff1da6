/// What a rotating file did besides appending, for whoever keeps a diagnostic log.
public enum RotatingFileEvent: Equatable, Sendable {
    /// The active file was closed under this path.
    case rolledOver(to: String)
    /// The active file was given no rotated name; records go on into it and the next second tries again.
    case rolloverFailed(RotatingFileError)
    /// The last `byteCount` bytes were of an append that died unacknowledged, and were cut off.
    case cutBack(path: String, byteCount: Int64)
    /// The machine has started anew, and `byteCount` bytes behind the last whole line were cut off.
    case cutAfterReboot(path: String, byteCount: Int64)
    /// Somebody removed, replaced or moved the active file; a new one stands in its place.
    case activeFileReplaced(path: String)
    /// Somebody else changed the length of the active file; appending goes on at its end.
    case foreignChange(path: String, byteCount: Int64)
    /// What lay at the path of the ledger was no ledger, or not to be written: it was given another
    /// name, and files that were closed before count as older than those that will be.
    case ledgerSetAside(path: String, to: String)
    /// What the state page of the active file said cannot be, for the reason in `why`; it was
    /// started again from the file, of which nothing was cut off.
    case pageDamaged(path: String, why: String)
}
