// SPDX-License-Identifier: Apache-2.0

import Glibc
import SystemPackage

/// Small text files, read whole.
package enum TextFile {
    /// Nobody writes a longer one by hand: a larger file was named by mistake.
    package static let maxBytes = 1 << 20

    package enum Failure: Error, Equatable, CustomStringConvertible {
        case system(Errno)
        case tooLong
        case notUTF8
        /// It is something else than a regular file, such as `a FIFO`.
        case notRegular(kind: String)

        package var description: String {
            switch self {
            case .system(let errno): "\(errno)"
            case .tooLong: "it is longer than \(maxBytes >> 20)MiB"
            case .notUTF8: "it is not UTF-8"
            case .notRegular(let kind): "it is \(kind), not a regular file"
            }
        }
    }

    /// The text of the file, without a byte order mark at its start.
    ///
    /// - Parameter acceptsPipe: whether a descriptor that this process was started with, such as
    ///   `/dev/stdin`, may be a pipe; the call then waits for its end. Every other file must be a
    ///   regular one, so that the call never waits.
    package static func read(_ path: String, acceptsPipe: Bool = false) throws(Failure) -> String {
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
