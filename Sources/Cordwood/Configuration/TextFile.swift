import Glibc
import Linux
import SystemPackage

/// Small text files, read whole.
enum TextFile {
    /// A configuration is a few kilobytes; whatever is longer was named by mistake.
    static let maxBytes = 1 << 20

    enum Failure: Error, Equatable {
        case system(Errno)
        case tooLong
        case notUTF8
        /// It is something else than a regular file, such as `a FIFO`.
        case notRegular(kind: String)
    }

    /// The text of the file, without a byte order mark at its start.
    ///
    /// - Parameter acceptsPipe: whether a descriptor that this process was started with, such as
    ///   `/dev/stdin`, may be a pipe, whose end is waited for. Everything else is a regular file
    ///   and never waited for.
    static func read(_ path: String, acceptsPipe: Bool = false) throws(Failure) -> String {
        var bytes = try acceptsPipe && isOwnDescriptor(path) ? piped(path) : contents(of: path)
        guard bytes.count <= maxBytes else { throw .tooLong }
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes.removeFirst(3) }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        return text
    }

    private static func isOwnDescriptor(_ path: String) -> Bool {
        path == "/dev/stdin" || path.hasPrefix("/dev/fd/") || path.hasPrefix("/proc/self/fd/")
    }

    private static func contents(of path: String) throws(Failure) -> [UInt8] {
        let file: Descriptor
        do {
            file = try RegularFile.open(path)
        } catch {
            switch error {
            case .system(let errno): throw .system(errno)
            case .notRegular(let kind): throw .notRegular(kind: kind)
            }
        }
        return try readAll(file)
    }

    private static func piped(_ path: String) throws(Failure) -> [UInt8] {
        let file: Descriptor
        do { file = try Descriptor.open(path, O_RDONLY) } catch { throw .system(error) }
        return try readAll(file)
    }

    private static func readAll(_ file: borrowing Descriptor) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        do {
            try withUnsafeTemporaryAllocation(
                byteCount: 64 << 10, alignment: 1
            ) { chunk throws(Errno) in
                while bytes.count <= maxBytes, let count = try file.read(into: chunk), count > 0 {
                    bytes += chunk[..<count]
                }
            }
        } catch {
            throw .system(error)
        }
        return bytes
    }
}
