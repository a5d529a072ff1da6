// SPDX-License-Identifier: Apache-2.0

import Bytes
import OpenSSL

/// Whether a certificate is valid at a time.
package struct CertificateValidity: Equatable {
    package enum State: Equatable {
        case good, expiring, expired, notYetValid
    }

    package let certificate: CertificateFacts
    private let now: Int64

    package init(_ certificate: CertificateFacts, at now: Int64) {
        self.certificate = certificate
        self.now = now
    }

    package var state: State {
        let left = certificate.notAfter - now
        if left <= 0 { return .expired }
        if certificate.notBefore > now { return .notYetValid }
        // A renewal in time comes earlier than this, also for a certificate that lasts a week.
        let lifetime = certificate.notAfter - certificate.notBefore
        return left < min(Self.expiringSeconds, lifetime / 4) ? .expiring : .good
    }

    package var daysLeft: Int64 { max(0, (certificate.notAfter - now) / 86_400) }

    /// A sentence without its full stop; nil if the certificate is good.
    package var warning: String? {
        let file = certificate.file
        return switch state {
        case .good: nil
        case .expiring:
            "the certificate in \(file) expires at \(Self.text(certificate.notAfter)): renew it"
        case .expired:
            "the certificate in \(file) expired at \(Self.text(certificate.notAfter)): clients reject it until it is renewed"
        case .notYetValid:
            "the certificate in \(file) is valid from \(Self.text(certificate.notBefore)): clients reject it until then; is this machine's clock right?"
        }
    }

    private static func text(_ epochSeconds: Int64) -> String {
        RFC3339.string(epochNanoseconds: epochSeconds * 1_000_000_000)
    }

    private static let expiringSeconds: Int64 = 14 * 86_400
}
