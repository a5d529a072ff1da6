// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A real Prometheus that scrapes the service each second.
struct Prometheus {
    private let port: UInt16

    /// - Parameter rules: files of rules, which are judged each second too.
    static func run(
        scraping service: UInt16, in directory: URL, rules: [URL] = [],
        _ body: (Prometheus) throws -> Void
    ) throws {
        let prometheus = Prometheus(port: try FreePort.find())
        let configuration = directory.appendingPathComponent("prometheus.yml")
        let text = """
            global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
            rule_files: [\(rules.map { "\"\($0.path)\"" }.joined(separator: ", "))]
            scrape_configs:
              - job_name: cordwood
                static_configs: [{targets: ["127.0.0.1:\(service)"]}]

            """
        try Data(text.utf8).write(to: configuration)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Program.prometheus ?? "")
        process.arguments = [
            "--config.file=\(configuration.path)",
            "--storage.tsdb.path=\(directory.path)/prometheus",
            "--web.listen-address=127.0.0.1:\(prometheus.port)", "--log.level=error",
        ]
        process.standardOutput = FileHandle.nullDevice
        try process.runUnblocked()
        defer {
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }
        try eventually("Prometheus is ready", within: 60) {
            guard let connection = try? Connection(port: prometheus.port) else { return false }
            try connection.send(Request.bytes("GET", "/-/ready"))
            return try connection.response()?.status == 200
        }
        try body(prometheus)
    }

    /// Its answer at a path of its API, as JSON.
    ///
    /// By curl, since an answer of some length comes in chunks.
    func answer(_ path: String, query: String? = nil) throws -> JSON {
        let parameters = query.map { ["--get", "--data-urlencode", "query=\($0)"] } ?? []
        let text = try ChildProcess(
            program: Program.curl ?? "curl",
            arguments: ["--silent"] + parameters + ["http://127.0.0.1:\(port)/api/v1/\(path)"]
        ).output()
        return try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
    }

    /// How many series an expression has now; a mistake in it is an error.
    func seriesCount(of expression: String) throws -> Int {
        let answer = try answer("query", query: expression)
        guard let result = answer["data"]?["result"]?.elements else {
            throw ChildProcess.Failure(
                description: "\(expression): \(answer["error"]?.text ?? "no result")")
        }
        return result.count
    }

    /// The value of an expression that has one, as of now; nil before there is any.
    func value(of expression: String) throws -> Double? {
        let result = try answer("query", query: expression)["data"]?["result"]
        return (result?.elements?.first?["value"]?.elements?.last?.text).flatMap { Double($0) }
    }
}
