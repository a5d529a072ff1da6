// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Glibc

/// Why certificates and keys cannot be used, as a sentence that names the file.
package enum TLSError: Error, Equatable, CustomStringConvertible {
    case unreadable(String, errno: Int32)
    /// It is something else than a regular file, such as `a FIFO`.
    case notRegular(String, kind: String)
    case tooLong(String)
    case noCertificate(String)
    case noKey(String)
    case encryptedKey(String)
    case keyMismatch(certificate: String, key: String)
    /// OpenSSL's reason not to use a file that can be read.
    case refused(String, why: String)
    /// OpenSSL's reason for any other failure.
    case failed(String)

    package var description: String {
        switch self {
        case .unreadable(let path, let errno):
            "\(path) cannot be read: \(String(cString: strerror(errno)))"
        case .notRegular(let path, let kind):
            "\(path) is \(kind), not a regular file: name a file in PEM"
        case .tooLong(let path):
            "\(path) is longer than 16 MiB, which no file of certificates or keys is: name another"
        case .noCertificate(let path):
            "\(path) holds no certificate in PEM: it must begin a line with -----BEGIN CERTIFICATE-----"
        case .noKey(let path):
            "\(path) holds no private key in PEM that OpenSSL can read: it must begin a line with -----BEGIN PRIVATE KEY-----"
        case .encryptedKey(let path):
            "\(path) holds an encrypted private key, and nobody is there to type its passphrase: store it decrypted and readable by its owner alone, openssl pkey -in OLD -out NEW"
        case .keyMismatch(let certificate, let key):
            "the key in \(key) is not that of the first certificate in \(certificate)"
        case .refused(let path, let why): "\(path) is refused by OpenSSL: \(why)"
        case .failed(let why): "TLS cannot be set up: \(why)"
        }
    }

    /// The queue's reason not to use a file.
    static func taken(_ path: String) -> TLSError {
        .refused(path, why: ErrorQueue.take()?.text ?? "no reason is given")
    }

    static func taken() -> TLSError { .failed(ErrorQueue.take()?.text ?? "no reason is given") }
}
