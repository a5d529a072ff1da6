// SPDX-License-Identifier: Apache-2.0

import Foundation

/// Node's `http` server, asked what it makes of connections.
enum NodeReader {
    static let program = ["node", "nodejs"].lazy.flatMap { name in
        (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
            .map { "\($0)/\(name)" }
    }.first(where: FileManager.default.isExecutableFile(atPath:))

    /// What it read, and which one read it.
    struct Result {
        let version: String
        let readings: [DifferentialTests.Reading]
    }

    private struct Report: Decodable {
        let node: String
        let llhttp: String
        let connections: [Connection]

        struct Connection: Decodable {
            let requests: [Request]
            let error: String
        }

        struct Request: Decodable {
            let method: String
            let target: String
            let version: String
            let headers: [String]
            let body: String
            let isWhole: Bool

            /// The value of the first field with this name.
            func field(_ name: String) -> [UInt8] {
                let at = stride(from: 0, to: headers.count - 1, by: 2).first {
                    headers[$0].lowercased() == name
                }
                return at.map { octets(headers[$0 + 1]) } ?? []
            }

            var asksForUpgrade: Bool {
                let names = headers.map { $0.lowercased() }
                return names.contains("upgrade")
                    && stride(from: 0, to: names.count - 1, by: 2).contains {
                        names[$0] == "connection" && names[$0 + 1].contains("upgrade")
                    }
            }
        }
    }

    /// Node gives octets as characters of Latin-1.
    private static func octets(_ text: String) -> [UInt8] {
        text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    /// What it reads of each of `connections`, whose bytes go over a socket of its own.
    static func read(_ connections: [[UInt8]]) throws -> Result {
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
        let readings = report.connections.map { connection in
            let whole = connection.requests.filter(\.isWhole)
            return DifferentialTests.Reading(
                requests: whole.map {
                    DifferentialTests.Reading.Request(
                        method: $0.method, target: octets($0.target), version: $0.version,
                        host: $0.field("host"), authorization: $0.field("authorization"),
                        apiKey: $0.field("x-api-key"),
                        body: Array(Data(base64Encoded: $0.body) ?? Data()))
                },
                refusal: connection.error.isEmpty ? nil : connection.error,
                endsInUpgrade: whole.last?.asksForUpgrade ?? false)
        }
        return Result(
            version: "Node \(report.node), llhttp \(report.llhttp)", readings: readings)
    }
}
