// SPDX-License-Identifier: Apache-2.0

import Monitoring
import OpenSSL
import Testing

@Suite struct CertificateValidityTests {
    @Test(arguments: [
        (90, 14, CertificateValidity.State.good), (90, 13, .expiring), (90, 0, .expired),
        (90, -1, .expired),
        // One that is made for a week is renewed in its last days.
        (6, 5, .good), (6, 2, .good), (6, 1, .expiring),
    ])
    func `a certificate expires soon by its lifetime`(
        lifetimeDays: Int64, daysLeft: Int64, state: CertificateValidity.State
    ) {
        let now: Int64 = 1_800_000_000
        let end = now + daysLeft * 86_400
        let certificate = CertificateFacts(
            file: "a.pem", subject: "CN=a", names: [], notBefore: end - lifetimeDays * 86_400,
            notAfter: end)
        #expect(CertificateValidity(certificate, at: now).state == state)
    }
}
