// SPDX-License-Identifier: Apache-2.0

import COpenSSL
import Glibc

/// An X.509 certificate (RFC 5280).
final class Certificate {
    // SAFETY: one reference, given back in `deinit`.
    let pointer: OpaquePointer

    /// Takes over a reference.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { X509_free(pointer) }

    /// As one line (RFC 4514), in which nothing is left that would break a line.
    var subject: String { Self.text(of: X509_get_subject_name(pointer)) }

    /// The DNS names and addresses that it is for (RFC 5280, 4.2.1.6).
    var names: [String] {
        guard let found = X509_get_ext_d2i(pointer, NID_subject_alt_name, nil, nil) else {
            ErrorQueue.clear()
            return []
        }
        let list = OpaquePointer(found)
        defer { GENERAL_NAMES_free(list) }
        return (0..<copenssl_alternative_name_count(list)).compactMap { index in
            guard let name = copenssl_alternative_name(list, index) else { return nil }
            if let text = copenssl_dns_name(name) {
                return String(decoding: Self.octets(text), as: UTF8.self)
            }
            return copenssl_ip_address(name).flatMap { Self.address(Self.octets($0)) }
        }
    }

    /// Seconds since 1970; nil where the certificate has no such time.
    var notBefore: Int64? { Self.seconds(X509_get0_notBefore(pointer)) }
    var notAfter: Int64? { Self.seconds(X509_get0_notAfter(pointer)) }

    /// SHA-256 of the whole.
    var fingerprint: [UInt8] {
        var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
        var count: UInt32 = 0
        guard X509_digest(pointer, EVP_sha256(), &digest, &count) == 1 else { return [] }
        return Array(digest.prefix(Int(count)))
    }

    private static func text(of name: OpaquePointer?) -> String {
        guard let name, let memory = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(memory) }
        guard X509_NAME_print_ex(memory, name, 0, copenssl_name_flags()) >= 0 else { return "" }
        var contents: UnsafeMutablePointer<CChar>?
        let count = copenssl_memory_contents(memory, &contents)
        guard let contents, count > 0 else { return "" }
        return UnsafeMutableRawBufferPointer(start: contents, count: count)
            .withMemoryRebound(to: UInt8.self) { String(decoding: $0, as: UTF8.self) }
    }

    private static func octets(_ text: UnsafePointer<ASN1_STRING>) -> [UInt8] {
        guard let data = ASN1_STRING_get0_data(text) else { return [] }
        return Array(UnsafeBufferPointer(start: data, count: Int(ASN1_STRING_length(text))))
    }

    private static func address(_ octets: [UInt8]) -> String? {
        let family: Int32 = octets.count == 4 ? AF_INET : AF_INET6
        guard octets.count == 4 || octets.count == 16 else { return nil }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard let result = inet_ntop(family, octets, &text, socklen_t(text.count)) else {
            return nil
        }
        return String(cString: result)
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64? {
        var civil = tm()
        guard let time, ASN1_TIME_to_tm(time, &civil) == 1 else { return nil }
        return Int64(timegm(&civil))
    }
}

/// The facts of a certificate that an operator needs.
package struct CertificateFacts: Sendable, Equatable {
    package var file: String
    package var subject: String
    /// DNS names, which may begin with `*.`, and addresses.
    package var names: [String]
    /// Seconds since 1970.
    package var notBefore: Int64
    package var notAfter: Int64

    package init(
        file: String, subject: String, names: [String], notBefore: Int64, notAfter: Int64
    ) {
        self.file = file
        self.subject = subject
        self.names = names
        self.notBefore = notBefore
        self.notAfter = notAfter
    }
}

extension CertificateFacts {
    init(_ certificate: Certificate, in file: String) {
        self.init(
            file: file, subject: certificate.subject, names: certificate.names,
            notBefore: certificate.notBefore ?? 0, notAfter: certificate.notAfter ?? 0)
    }
}
