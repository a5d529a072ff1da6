// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Glibc

/// Files of certificates and keys (RFC 7468).
enum PEMFile {
    /// All certificates, in their order; at least one.
    static func certificates(in path: String) throws(TLSError) -> [Certificate] {
        try reading(path) { file throws(TLSError) in
            var certificates: [Certificate] = []
            while let pointer = PEM_read_bio_X509(file, nil, nil, nil) {
                certificates.append(Certificate(owning: pointer))
            }
            let error = ErrorQueue.take()
            let isEnd = error?.library == ERR_LIB_PEM && error?.reason == PEM_R_NO_START_LINE
            guard isEnd else { throw .refused(path, why: error?.text ?? "it ends in the middle") }
            guard !certificates.isEmpty else { throw .noCertificate(path) }
            return certificates
        }
    }

    /// The first private key.
    static func privateKey(in path: String) throws(TLSError) -> PrivateKey {
        try reading(path) { file throws(TLSError) in
            var isEncrypted = false
            let pointer = withUnsafeMutablePointer(to: &isEncrypted) { flag in
                // Asked for a passphrase, it has none to give.
                PEM_read_bio_PrivateKey(
                    file, nil,
                    { _, _, _, flag in
                        flag?.assumingMemoryBound(to: Bool.self).pointee = true
                        return -1
                    }, flag)
            }
            let error = ErrorQueue.take()
            guard let pointer else {
                if isEncrypted { throw .encryptedKey(path) }
                // For text that is no key at all the decoders report that they do not support it.
                let isUnknown = error.map { $0.library == ERR_LIB_OSSL_DECODER } ?? true
                throw isUnknown ? .noKey(path) : .refused(path, why: error?.text ?? "")
            }
            return PrivateKey(owning: pointer)
        }
    }

    private static func reading<Result>(
        _ path: String, _ body: (OpaquePointer) throws(TLSError) -> Result
    ) throws(TLSError) -> Result {
        ErrorQueue.clear()
        // It may have become a FIFO between the first look and the second.
        try check(path) { stat(path, $0) }
        let file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
        guard file >= 0 else { throw .unreadable(path, errno: errno) }
        defer { close(file) }
        let byteCount = try check(path) { fstat(file, $0) }
        // SAFETY: the memory outlives the BIO, which only reads it. It may hold a key.
        let memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount + 1, alignment: 1)
        defer {
            explicit_bzero(memory, byteCount + 1)
            memory.deallocate()
        }
        let count = try readAll(file, path, into: memory, atMost: byteCount)
        guard let bytes = BIO_new_mem_buf(memory, Int32(count)) else { throw .taken(path) }
        defer { BIO_free(bytes) }
        return try body(bytes)
    }

    /// Reads to the end of the file, and returns how many bytes that were.
    private static func readAll(
        _ file: Int32, _ path: String, into memory: UnsafeMutableRawPointer, atMost byteCount: Int
    ) throws(TLSError) -> Int {
        var count = 0
        while count < byteCount {
            let done = read(file, memory + count, byteCount - count)
            if done < 0, errno == EINTR { continue }
            guard done >= 0 else { throw .unreadable(path, errno: errno) }
            if done == 0 { break }
            count += done
        }
        return count
    }

    /// The length of the file that `look` looks at.
    @discardableResult
    private static func check(
        _ path: String, _ look: (UnsafeMutablePointer<stat>) -> Int32
    ) throws(TLSError) -> Int {
        var status = stat()
        guard look(&status) == 0 else { throw .unreadable(path, errno: errno) }
        switch status.st_mode & S_IFMT {
        case S_IFREG: break
        case S_IFDIR: throw .notRegular(path, kind: "a directory")
        case S_IFIFO: throw .notRegular(path, kind: "a FIFO")
        case S_IFSOCK: throw .notRegular(path, kind: "a socket")
        default: throw .notRegular(path, kind: "a device")
        }
        guard status.st_size <= 16 << 20 else { throw .tooLong(path) }
        return Int(status.st_size)
    }
}

/// A private key, which OpenSSL wipes when it is released.
final class PrivateKey {
    // SAFETY: one reference, given back in `deinit`.
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(pointer) }
}
