// SPDX-License-Identifier: Apache-2.0

/// A sealer's action with a file, or the reason why it left the file alone.
public enum SealerEvent: Equatable, Sendable {
    /// The plain file of this name is compressed now.
    case sealed(String, byteCount: Int64)
    /// Retention has removed a file.
    case removed(Removal)
    /// Another process holds the lock of the file of this name, which was left as it was.
    case busy(String)
    /// Files of the active file of this name were kept that the given limits do not keep: so many
    /// of them were promised to be.
    case spared(String, fileCount: Int)

    /// A file that retention has removed, and why.
    public struct Removal: Equatable, Sendable {
        /// Its name in the directory.
        public var fileName: String
        /// Which limit was exceeded.
        public var reason: Retention.Reason
        /// Its bytes on the disk.
        public var byteCount: Int64
        /// When it was last written, in seconds since 1970.
        public var modified: Int64

        /// All of it.
        public init(
            fileName: String, reason: Retention.Reason, byteCount: Int64, modified: Int64
        ) {
            self.fileName = fileName
            self.reason = reason
            self.byteCount = byteCount
            self.modified = modified
        }
    }
}
