// SPDX-License-Identifier: Apache-2.0

import Diagnostics
import Glibc
import Linux
import Monitoring

/// What an operator should fix although the service starts.
extension Generation {
    func warnOfCertificates() {
        for certificate in secrets.tls?.certificates ?? [] {
            let validity = CertificateValidity(certificate, at: Clock.epochSeconds())
            if let warning = validity.warning { log.report(.certificateInvalid, "\(warning)") }
        }
    }

    /// Warns of other users that may write where only the service should.
    func warnOfDirectory() {
        let audit = DirectoryAudit(
            directory: storage.directory, mode: mode_t(settings.files.directoryMode),
            user: credentials?.user ?? geteuid())
        for warning in audit.warnings() { log.report(.directoryExposed, "\(warning)") }
    }

    func warnOfDescriptorLimit() {
        let budget = descriptors
        let why =
            "because a process may open only \(descriptorLimit()) files: raise that limit (ulimit -n, or LimitNOFILE= of systemd)"
        if budget.connections < settings.http.connections {
            log.report(
                .descriptorsLimited,
                "a worker accepts \(budget.connections) connections and not limits.connections, \(settings.http.connections), \(why)"
            )
        }
        if budget.openStreams < settings.streams.maxOpen {
            log.report(
                .descriptorsLimited,
                "a worker keeps \(budget.openStreams) streams open and not streams.max_open, \(settings.streams.maxOpen), \(why)"
            )
        }
    }
}
