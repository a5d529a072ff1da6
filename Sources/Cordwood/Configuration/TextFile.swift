import SystemPackage

/// Small text files, read whole.
enum TextFile {
    /// A configuration is a few kilobytes; whatever is longer was named by mistake.
    static let maxBytes = 1 << 20

    enum Failure: Error, Equatable {
        case system(Errno)
        case tooLong
        case notUTF8
    }

    /// The text of the file, which may also be a pipe.
    static func read(_ path: String) throws(Failure) -> String {
        let bytes: [UInt8]
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            bytes = try file.closeAfter { try readAll(file) }
        } catch {
            throw .system((error as? Errno) ?? .ioError)
        }
        guard bytes.count <= maxBytes else { throw .tooLong }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notUTF8 }
        return text
    }

    private static func readAll(_ file: FileDescriptor) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= maxBytes {
            let count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
            guard count > 0 else { break }
            bytes += chunk[..<count]
        }
        return bytes
    }
}
