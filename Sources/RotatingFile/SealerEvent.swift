/// What a sealer did with a file, or why it did not.
public enum SealerEvent: Equatable, Sendable {
    /// The plain file of this name is compressed now.
    case sealed(String, byteCount: Int64)
    /// Retention has removed the file of this name.
    case removed(String)
    /// Another process holds the lock of the file of this name, which was left as it was.
    case busy(String)
}
