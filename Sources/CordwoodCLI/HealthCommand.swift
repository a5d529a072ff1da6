// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CordwoodConfiguration
import Inspection

/// `cordwood health`: whether a running service is ready, for containers without curl.
struct HealthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Ask a running service whether it is ready.",
        discussion: """
            Exit status: 0 if the answer is 200, otherwise 1 and a sentence with the reason, if \
            the service gives one; 78 if no URL is given, no service is found and the configuration \
            is wrong.
            """)

    @OptionGroup var service: ServiceFile

    @Argument(
        help: """
            The address: http://host[:port][/path], the same with https, or unix:path; by \
            default /readyz at the first address of the service's configuration, of admin.listen \
            before listen and tls.listen. CORDWOOD_TOKEN may have a token to send.
            """)
    var url: String?

    @OptionGroup var trust: TrustOptions

    func run() throws {
        let target = try trust.apply(to: HealthTarget.of(url, orConfigured: service))
        do throws(HealthProbe.Failure) {
            try HealthProbe.check(target, timeoutSeconds: 3)
        } catch {
            complain("\(error).")
            throw ExitCode.failure
        }
    }
}

extension HealthTarget {
    /// The target in `url`, or the first address of the configuration of the service, with the token of
    /// the environment.
    static func of(_ url: String?, orConfigured service: ServiceFile) throws -> HealthTarget {
        let environment = ConfigurationInputs.processEnvironment()
        var target = try withoutToken(url, service)
        guard let token = environment[tokenVariable], !token.isEmpty else { return target }
        // Any other character could start another field of the request.
        guard token.utf8.allSatisfy({ 0x21...0x7e ~= $0 }) else {
            throw ValidationError("\(tokenVariable) has characters that a token cannot have.")
        }
        target.token = token
        return target
    }

    private static func withoutToken(
        _ url: String?, _ service: ServiceFile
    ) throws -> HealthTarget {
        if let url {
            guard let target = HealthTarget(url: url) else {
                throw ValidationError(
                    "\(url) is not of the form http[s]://host[:port][/path] or unix:path.")
            }
            return target
        }
        let inputs = service.inputs()
        // The service goes on while its file has a mistake, and may have chosen its port.
        let configured = (try? inputs.load())?.configuration.healthTarget
        if let target = configured ?? served(inputs) { return target }
        _ = try inputs.loadOrExit()
        throw ValidationError("The service listens on any free port: give its URL.")
    }
    /// An address of the running service, one for operators if there is any.
    private static func served(_ inputs: ConfigurationInputs) -> HealthTarget? {
        let master = try? RunningMaster.find(
            nil, pidFile: "", configuration: inputs.configurationFile,
            directory: Configuration().directory)
        guard let url = master?.summary?.listening.last, var target = HealthTarget(url: url)
        else { return nil }
        // The certificate names a host, and this is the machine's own address.
        if target.isSecure { target.trust = .anybody }
        return target
    }
}

extension Configuration {
    /// The first address with a port; nil if there is none.
    fileprivate var healthTarget: HealthTarget? {
        // If there is a listener for operators, the others may reject them.
        let plain = admin.listen + listen
        let places = plain + tls.listen
        return places.first { $0.port != 0 }.map {
            HealthTarget(listeningOn: $0, isSecure: !plain.contains($0))
        }
    }
}
