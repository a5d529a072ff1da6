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
                // Of what is no key at all the decoders say that they do not support it.
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
        guard let file = BIO_new_file(path, "r") else {
            let number = errno
            ErrorQueue.clear()
            throw .unreadable(path, errno: number)
        }
        defer { BIO_free(file) }
        return try body(file)
    }
}

/// A private key, which OpenSSL wipes when it is let go.
final class PrivateKey {
    // SAFETY: one reference, given back in `deinit`.
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(pointer) }
}
