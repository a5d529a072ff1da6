// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Inspection
import OpenSSL

/// The certificates that a service must show when it is asked over TLS.
struct TrustOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "With https: trust these authorities, in PEM, instead of the machine's.",
            valueName: "file"),
        completion: .file())
    var ca: String?

    @Flag(help: "With https: trust any server.")
    var insecure = false

    func validate() throws {
        if insecure, ca != nil {
            throw ValidationError("--ca and --insecure contradict each other: give one of them.")
        }
    }

    func apply(to target: HealthTarget) -> HealthTarget {
        var target = target
        if insecure { target.trust = .anybody }
        if let ca { target.trust = .authorities(ca) }
        return target
    }
}
