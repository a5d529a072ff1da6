import Foundation

/// Node's `http` server, asked what it makes of connections.
enum NodeReader {
    static let program = ["node", "nodejs"].lazy.flatMap { name in
        (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
            .map { "\($0)/\(name)" }
    }.first(where: FileManager.default.isExecutableFile(atPath:))

    private struct Report: Decodable {
        let connections: [Connection]

        struct Connection: Decodable {
            let requests: [Request]
            let error: String
        }

        struct Request: Decodable {
            let method: String
            let target: String
            let body: String
            let isWhole: Bool
        }
    }

    /// What it reads of each of `connections`, whose bytes go over a socket of its own.
    static func read(_ connections: [[UInt8]]) throws -> [DifferentialTests.Reading] {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("read_by_node.js").path
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("cordwood-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (input, output) = (
            folder.appendingPathComponent("in"), folder.appendingPathComponent("out")
        )
        try JSONEncoder().encode(connections.map { Data($0).base64EncodedString() })
            .write(to: input)
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program ?? "")
        process.arguments = [script]
        process.standardInput = try FileHandle(forReadingFrom: input)
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        let report = try JSONDecoder().decode(Report.self, from: Data(contentsOf: output))
        return report.connections.map { connection in
            let whole = connection.requests.filter(\.isWhole)
            return DifferentialTests.Reading(
                requests: whole.map {
                    DifferentialTests.Reading.Request(
                        // Node gives octets as characters of Latin-1.
                        method: $0.method,
                        target: $0.target.unicodeScalars.map {
                            UInt8(truncatingIfNeeded: $0.value)
                        },
                        body: Array(Data(base64Encoded: $0.body) ?? Data()))
                },
                refusal: connection.error.isEmpty ? nil : connection.error)
        }
    }
}
