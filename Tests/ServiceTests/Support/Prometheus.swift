import Foundation

/// A real Prometheus that scrapes the service each second.
struct Prometheus {
    private let port: UInt16

    static func run(
        scraping service: UInt16, in directory: URL, _ body: (Prometheus) throws -> Void
    ) throws {
        let prometheus = Prometheus(port: try FreePort.find())
        let configuration = directory.appendingPathComponent("prometheus.yml")
        let text = """
            global: {scrape_interval: 1s, scrape_timeout: 1s}
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
        try eventually("Prometheus listens", within: 60) {
            (try? Connection(port: prometheus.port)) != nil
        }
        try body(prometheus)
    }

    private struct Answer: Decodable {
        struct Data: Decodable {
            let result: [Sample]
        }

        struct Sample: Decodable {
            let value: [JSON]
        }

        let data: Data
    }

    /// The value of an expression that has one, as of now; nil before there is any.
    func value(of expression: String) throws -> Double? {
        let allowed = CharacterSet.alphanumerics
        let query = expression.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
        let connection = try Connection(port: port)
        try connection.send(Request.bytes("GET", "/api/v1/query?query=\(query)"))
        guard let response = try connection.response(), response.status == 200 else { return nil }
        let answer = try JSONDecoder().decode(Answer.self, from: Data(response.body))
        guard case .string(let value) = answer.data.result.first?.value.last else { return nil }
        return Double(value)
    }
}
