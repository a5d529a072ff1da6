import ArgumentParser
import Cordwood

/// `cordwood health`: whether a running service is ready, for containers without curl.
struct HealthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Ask a running service whether it is ready.",
        discussion: "Exit status: 0 if the answer is 200, else 1 and a sentence.")

    @Option(help: ArgumentHelp("The YAML file of the service.", valueName: "file"))
    var config: String?

    @Argument(
        help: """
            What to ask: http://host[:port][/path], the same with https, or unix:path; by \
            default /readyz at the first address that the service's configuration listens on.
            """)
    var url: String?

    @OptionGroup var trust: TrustOptions

    func run() throws {
        let target = try trust.apply(to: HealthTarget.of(url, orConfigured: config))
        do throws(HealthProbe.Failure) {
            try HealthProbe.check(target, timeoutSeconds: 3)
        } catch {
            complain("\(error).")
            throw ExitCode.failure
        }
    }
}

extension HealthTarget {
    /// What `url` says, or the first address of the configuration in `file`.
    static func of(_ url: String?, orConfigured file: String?) throws -> HealthTarget {
        if let url {
            guard let target = HealthTarget(url: url) else {
                throw ValidationError(
                    "\(url) is not of the form http[s]://host[:port][/path] or unix:path.")
            }
            return target
        }
        let inputs = ConfigurationInputs(
            file: file, environment: ConfigurationInputs.processEnvironment())
        let configuration = try inputs.loadOrExit().configuration
        guard let first = configuration.listen.first ?? configuration.tls.listen.first,
            first.port != 0
        else {
            throw ValidationError("The service listens on any free port: give its URL.")
        }
        return HealthTarget(listeningOn: first, isSecure: configuration.listen.isEmpty)
    }
}
