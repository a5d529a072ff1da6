import Linux
import OpenSSL

/// What is wrong, or soon will be, with the certificates that a configuration names.
package struct CertificateCheck {
    /// With them the service does not start.
    package private(set) var mistakes: [ConfigurationMistake] = []
    /// With them it does, and clients may refuse to speak to it.
    package private(set) var warnings: [String] = []

    /// Reads all files, each for itself, so that all that is wrong is said at once.
    package init(_ effective: EffectiveConfiguration) {
        guard let options = effective.configuration.tlsOptions else { return }
        let now = Clock.epochSeconds()
        guard let tickets = TicketKeys(now: now) else { return }
        var good: [TLSOptions.Identity] = []
        for identity in options.identities {
            var alone = options
            alone.identities = [identity]
            alone.clientAuthentication = .none
            do throws(TLSError) {
                let context = try TLSContext(alone, tickets)
                good.append(identity)
                warnings += context.certificates.compactMap { Validity($0, at: now).warning }
            } catch {
                add(error, effective.source(of: "tls.certificates"), "tls.certificates")
            }
        }
        guard options.clientAuthentication != .none, let first = good.first else { return }
        var asking = options
        asking.identities = [first]
        do throws(TLSError) {
            _ = try TLSContext(asking, tickets)
        } catch {
            add(error, effective.source(of: "tls.client_ca"), "tls.client_ca")
        }
    }

    private mutating func add(
        _ error: TLSError, _ source: ConfigurationSource, _ key: String
    ) {
        mistakes.append(ConfigurationMistake(source, .contradiction("\(key): \(error)")))
    }
}

/// Whether a certificate is good at a time.
struct Validity: Equatable {
    enum State: Equatable {
        case good, expiring, expired, notYetValid
    }

    let certificate: CertificateFacts
    let now: Int64

    init(_ certificate: CertificateFacts, at now: Int64) {
        self.certificate = certificate
        self.now = now
    }

    var state: State {
        let left = certificate.notAfter - now
        if left <= 0 { return .expired }
        if certificate.notBefore > now { return .notYetValid }
        // Whoever renews in time does so earlier, also where a certificate lasts a week.
        let lifetime = certificate.notAfter - certificate.notBefore
        return left < min(Self.expiringSeconds, lifetime / 4) ? .expiring : .good
    }

    var daysLeft: Int64 { max(0, (certificate.notAfter - now) / 86_400) }

    /// A sentence without its end; nil: all is well.
    var warning: String? {
        let file = certificate.file
        return switch state {
        case .good: nil
        case .expiring:
            "the certificate in \(file) expires at \(Self.text(certificate.notAfter)): renew it"
        case .expired:
            "the certificate in \(file) has expired at \(Self.text(certificate.notAfter)): clients refuse it until it is renewed"
        case .notYetValid:
            "the certificate in \(file) is valid from \(Self.text(certificate.notBefore)) on: clients refuse it until then; is this machine's clock right?"
        }
    }

    private static func text(_ epochSeconds: Int64) -> String {
        RFC3339.string(epochNanoseconds: epochSeconds * 1_000_000_000)
    }

    private static let expiringSeconds: Int64 = 14 * 86_400
}
