// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Certificates that the program `openssl` makes, signed by an authority of their own.
struct Certificates {
    let directory: URL
    private let name: String

    /// The authority's own certificate.
    var authority: String { path("\(name)-ca.pem") }

    /// Makes an authority in `directory`.
    init(in directory: URL, _ name: String = "wood") throws {
        self.directory = directory
        self.name = name
        try run(
            ["req", "-x509", "-subj", "/CN=\(name)", "-days", "30", "-out", authority]
                + newKey("\(name)-ca.key"))
        try Data().write(to: URL(fileURLWithPath: path("\(name)-index")))
        try Data(
            """
            [ca]
            default_ca = signing
            [signing]
            database = \(path("\(name)-index"))
            new_certs_dir = \(directory.path)
            default_md = sha256
            policy = subject
            rand_serial = yes
            unique_subject = no
            copy_extensions = copy
            [subject]
            organizationName = optional
            commonName = supplied
            """.utf8
        ).write(to: URL(fileURLWithPath: path("\(name).cnf")))
    }

    /// A certificate `NAME.pem` that it has signed, with the key `NAME.key`.
    ///
    /// - Parameters:
    ///   - names: what it is for; none for a client's.
    ///   - days: from when until when it is valid, counted from now.
    @discardableResult
    func make(
        _ file: String, for names: [String] = [], subject: String? = nil,
        days: ClosedRange<Int> = -1...30
    ) throws -> String {
        let (request, certificate) = (path("\(file).csr"), path("\(file).pem"))
        let alternatives = names.map { "DNS:\($0)" }.joined(separator: ",")
        let extensions = names.isEmpty ? [] : ["-addext", "subjectAltName=\(alternatives)"]
        try run(
            ["req", "-new", "-subj", subject ?? "/CN=\(file)", "-out", request]
                + newKey("\(file).key") + extensions)
        try run([
            "ca", "-batch", "-notext", "-config", path("\(name).cnf"), "-cert", authority,
            "-keyfile", path("\(name)-ca.key"), "-in", request, "-out", certificate,
            "-startdate", time(days.lowerBound), "-enddate", time(days.upperBound),
        ])
        return certificate
    }

    func path(_ file: String) -> String { directory.appendingPathComponent(file).path }

    /// Settings with which a service speaks TLS at 127.0.0.2, by these certificates.
    func settings(_ files: [String]) -> [String: String] {
        [
            "CORDWOOD_TLS_LISTEN": "127.0.0.2:0",
            "CORDWOOD_TLS_CERTIFICATES": files.map { path("\($0).pem") }.joined(separator: ","),
            "CORDWOOD_TLS_KEYS": files.map { path("\($0).key") }.joined(separator: ","),
        ]
    }

    @discardableResult
    func run(_ arguments: [String]) throws -> String {
        try ChildProcess(program: Program.openssl ?? "openssl", arguments: arguments).output()
    }

    private func newKey(_ file: String) -> [String] {
        ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path(file)]
    }

    /// As ASN.1 has it.
    private func time(_ days: Int) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(secondsFromGMT: 0)
        format.dateFormat = "yyyyMMddHHmmss'Z'"
        return format.string(from: Date(timeIntervalSinceNow: Double(days) * 86_400))
    }
}

extension RunningService {
    /// Starts a service that speaks TLS as `localhost`, plain HTTP beside it.
    static func runSecurely<Result>(
        _ arguments: [String] = [], environment: [String: String] = [:],
        _ body: (RunningService, Certificates) throws -> Result
    ) throws -> Result {
        try Scratch.with { scratch in
            let certificates = try Certificates(in: scratch)
            try certificates.make("server", for: ["localhost"])
            let settings = certificates.settings(["server"]).merging(environment) { $1 }
            return try run(arguments, environment: settings) { try body($0, certificates) }
        }
    }

    /// The port at 127.0.0.2 where TLS is spoken.
    func securePort() throws -> UInt16 {
        let parts = said.components(separatedBy: "listening on https://127.0.0.2:")
        guard parts.count > 1, let port = UInt16(parts[1].prefix { $0.isNumber }) else {
            throw ChildProcess.Failure(description: "no address for TLS in what it said")
        }
        return port
    }

    /// Runs curl against `https://NAME/TARGET` of this service.
    func curl(
        _ target: String, trusting authority: String, _ arguments: [String] = [],
        as name: String = "localhost", input: String = ""
    ) throws -> ChildProcess.Result {
        let port = try securePort()
        return try ChildProcess(
            program: Program.curl ?? "curl",
            arguments: [
                "-sS", "--cacert", authority, "--resolve", "\(name):\(port):127.0.0.2",
                "https://\(name):\(port)\(target)",
            ] + arguments,
            input: Data(input.utf8)
        ).run()
    }

    /// What `openssl s_client` prints of a connection to this service.
    func sClient(_ arguments: [String], input: String = "") throws -> String {
        let result = try ChildProcess(
            program: Program.openssl ?? "openssl",
            arguments: ["s_client", "-connect", "127.0.0.2:\(try securePort())"] + arguments,
            input: Data(input.utf8)
        ).run()
        return result.output + result.errors
    }

    /// What the client `secure_client.py` prints of its scenario.
    func secureClient(
        _ scenario: String, _ certificates: Certificates, _ arguments: [String] = []
    ) throws -> String {
        try Program.runPython(
            "secure_client.py",
            [scenario, "\(try securePort())", certificates.authority] + arguments)
    }
}
