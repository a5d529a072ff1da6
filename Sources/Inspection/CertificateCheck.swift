// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import Linux
import Monitoring
import OpenSSL

/// The mistakes in the certificates that a configuration names, and those that will soon expire.
package struct CertificateCheck {
    /// The service does not start with these.
    package private(set) var mistakes: [ConfigurationMistake] = []
    /// The service starts with these, but clients may refuse to connect to it.
    package private(set) var warnings: [String] = []

    /// Reads each file by itself, so that all mistakes are reported at once.
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
                warnings += context.certificates.compactMap {
                    CertificateValidity($0, at: now).warning
                }
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
