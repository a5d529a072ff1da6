import ArgumentParser
import Cordwood
import OpenSSL

/// Whom a service that is asked over TLS must show itself to be.
struct TrustOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "With https: believe these authorities, in PEM, and not the machine's.",
            valueName: "file"),
        completion: .file())
    var ca: String?

    @Flag(help: "With https: believe whoever answers.")
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
