// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Programs that the tests start.
enum Program {
    /// The service, which the build puts beside the tests' own executable.
    static let cordwood = besideTheTests("cordwood")

    /// A CPython with `requests` and `zstandard`: the machine's, or one in `.build/venv`.
    static let python: String? = installed("python3").flatMap { machines in
        hasPackages(machines) ? itself(machines) : virtualEnvironment(of: machines)
    }

    /// A CPython with what checks the contract, which `.ci/packages` puts into `.build/venv`.
    static let contractPython: String? = {
        let python = virtualPython
        let code = "import openapi_spec_validator, schemathesis"
        let check = ChildProcess(program: python, arguments: ["-c", code])
        return (try? check.output()) == nil ? nil : python
    }()

    static let curl = installed("curl")
    static let openssl = installed("openssl")
    static let node = installed("node") ?? installed("nodejs")
    static let nginx = installed("nginx")
    static let haproxy = installed("haproxy")
    static let caddy = installed("caddy")
    static let wrk = installed("wrk")
    static let strace = installed("strace")
    static let prometheus = installed("prometheus") ?? unpacked("prometheus")
    static let promtool = installed("promtool") ?? unpacked("promtool")

    /// The executable of this name in `PATH` or where Debian puts what is for the administrator.
    static func installed(_ name: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return (path.split(separator: ":").map(String.init) + ["/usr/sbin", "/sbin"])
            .map { "\($0)/\(name)" }
            .first(where: FileManager.default.isExecutableFile(atPath:))
    }

    /// A program of a package that `.ci/packages` has unpacked and not installed.
    private static func unpacked(_ name: String) -> String? {
        let path = "\(unpackedRoot("prometheus"))/usr/bin/\(name)"
        return FileManager.default.isExecutableFile(atPath: path) ? path : nil
    }

    /// Where `.ci/packages` unpacks `name` and what belongs to it.
    static func unpackedRoot(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent(".build/\(name)").path
    }

    /// A file that stands in `Clients`, beside these sources.
    static func client(_ name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Clients/\(name)").path
    }

    /// Runs one of the Python programs in `Clients`; returns what it prints.
    static func runPython(
        _ script: String, _ arguments: [String], input: Data = Data()
    ) throws -> String {
        guard let python else {
            throw ChildProcess.Failure(description: "no python3 with requests and zstandard")
        }
        return try ChildProcess(
            program: python, arguments: ["-B", client(script)] + arguments, input: input
        ).output()
    }

    private static func besideTheTests(_ name: String) -> String {
        let tests = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return URL(fileURLWithPath: tests ?? ".").deletingLastPathComponent()
            .appendingPathComponent(name).path
    }

    private static func hasPackages(_ python: String) -> Bool {
        let code = "import requests, zstandard"
        return (try? ChildProcess(program: python, arguments: ["-c", code]).output()) != nil
    }

    /// The interpreter behind a shim that chooses one each time, and takes its time for it.
    private static func itself(_ python: String) -> String? {
        let code = "import sys; print(sys.executable, end='')"
        return try? ChildProcess(program: python, arguments: ["-c", code]).output()
    }

    /// Where `.ci/packages` puts the Python of the tests.
    private static let virtualPython = Repository.file(".build/venv/bin/python3").path

    private static func virtualEnvironment(of python: String) -> String? {
        let program = virtualPython
        let directory = URL(fileURLWithPath: program).deletingLastPathComponent()
            .deletingLastPathComponent().path
        if hasPackages(program) { return program }
        _ = try? ChildProcess(program: python, arguments: ["-m", "venv", directory]).output()
        let install = ["-m", "pip", "install", "--quiet", "requests"]
        _ = try? ChildProcess(program: program, arguments: install).output()
        return hasPackages(program) ? program : nil
    }
}
