// SPDX-License-Identifier: Apache-2.0

/// An action of a rotating file besides appending, for a diagnostic log.
public enum RotatingFileEvent: Equatable, Sendable {
    /// The active file was closed under this path.
    case rolledOver(to: String)
    /// The active file could not be renamed; records go on into it, and the rollover is tried again
    /// in the next second.
    case rolloverFailed(RotatingFileError)
    /// The last `byteCount` bytes were of an append that died unacknowledged, and were cut off.
    case cutBack(path: String, byteCount: Int64)
    /// The machine was restarted, and `byteCount` bytes behind the last whole line were cut off.
    case cutAfterReboot(path: String, byteCount: Int64)
    /// Somebody removed, replaced or moved the active file; a new file stands in its place.
    case activeFileReplaced(path: String)
    /// Somebody else changed the length of the active file; appending goes on at its end.
    case foreignChange(path: String, byteCount: Int64)
    /// The file at the path of the ledger was no ledger, or not writable: it was given another name,
    /// and files that were closed before count as older than those that will be closed.
    case ledgerSetAside(path: String, to: String)
    /// The state page of the active file could not be believed, for the reason in `why`; it was
    /// started again from the file, of which nothing was cut off.
    case pageDamaged(path: String, why: String)
}
