// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// What docs/clients prints for the clients of other services is run as it stands there.
@Suite(.enabled(if: StockClient.areInstalled, "needs the environments of .ci/packages"))
struct FollowsItsStockRecipesTests {
    /// A page, and the number of records that its program sends.
    static let programs = [
        ("otlp", 1000), ("elasticsearch", 1000), ("loki", 100), ("splunk", 1000),
        ("datadog", 1000), ("gelf", 100),
    ]

    @Test(arguments: programs)
    func `a program in Python sends what it says`(page: String, count: Int) throws {
        try Scratch.with { scratch in
            try RunningService.run { service in
                try expect(count, from: page, to: service, [:], in: scratch)
            }
        }
    }

    /// pygelf has no place for a token.
    @Test(arguments: programs.filter { $0.0 != "gelf" })
    func `the same program has a place for a token`(page: String, count: Int) throws {
        try Scratch.with { scratch in
            try Tokens.run { service in
                try expect(count, from: page, to: service, ["LOGS_TOKEN": Tokens.all], in: scratch)
            }
        }
    }

    @Test(
        .enabled(if: SyslogNG.program != nil, "needs syslog-ng and its module http"),
        arguments: [("elasticsearch", "shop"), ("splunk", "splunk")])
    func `syslog-ng sends as to another service`(page: String, stream: String) throws {
        try Scratch.with { scratch in
            let source = try lines(in: scratch)
            try RunningService.run { service in
                var recipe = try Recipe("syslog-ng.conf", on: "clients/\(page).md")
                if page == "elasticsearch" {
                    recipe = try recipe.with(
                        "\(Program.unpackedRoot("syslog-ng"))/usr/share/syslog-ng/include/scl/"
                            + "elasticsearch", for: "scl.conf")
                }
                let process = try SyslogNG.start(
                    recipe,
                    variables: [
                        "LOGS_URL": "http://127.0.0.1:\(service.port)", "SOURCE": source.path,
                    ], in: scratch)
                defer { end(process) }
                try expectLines(of: stream, in: service)
            }
        }
    }

    @Test(.enabled(if: Rsyslog.isUnpacked, "needs rsyslog and omelasticsearch"))
    func `rsyslog sends as to Elasticsearch`() throws {
        try Scratch.with { scratch in
            let source = try lines(in: scratch)
            try RunningService.run { service in
                let recipe = try Recipe("rsyslog.conf", on: "clients/elasticsearch.md")
                    .with(source, for: "/var/log/app.log")
                    .with("http://127.0.0.1:\(service.port)", for: "http://cordwood:8080")
                    .with(
                        scratch.appendingPathComponent("errors"),
                        for: "/var/log/cordwood-errors.json"
                    )
                    // What the distribution's own configuration sets.
                    .with(
                        "global(workDirectory=\"\(scratch.path)\")\nmodule(load=\"imfile\")",
                        for: "module(load=\"imfile\")")
                let process = try Rsyslog.start(recipe, in: scratch)
                defer { end(process) }
                try expectLines(of: "shop", in: service)
            }
        }
    }

    @Test
    func `what a page calls JSON is JSON`() throws {
        var count = 0
        for page in try Repository.files(in: "docs/clients") where page.hasSuffix(".md") {
            for block in try Repository.text(of: page).components(separatedBy: "\n```json")
                .dropFirst()
            {
                let text = block.split(separator: "\n", omittingEmptySubsequences: false)
                    .dropFirst().prefix { $0 != "```" }.joined(separator: "\n")
                #expect(
                    throws: Never.self, "\(page): \(text)",
                    performing: { try JSONSerialization.jsonObject(with: Data(text.utf8)) })
                count += 1
            }
        }
        #expect(count > 10)
    }

    private func expect(
        _ count: Int, from page: String, to service: RunningService,
        _ variables: [String: String], in scratch: URL
    ) throws {
        let url = ["LOGS_URL": "http://127.0.0.1:\(service.port)"]
        let process = try Recipe("send.py", on: "clients/\(page).md").start(
            StockClient.interpreter(of: "python"), ["-B"],
            variables: variables.merging(url) { $1 }, in: scratch)
        defer { end(process) }
        try eventually("the end of the program", within: 120) { !process.isRunning }
        #expect(process.terminationStatus == 0)
        // A handler may not have waited for the last answer.
        try eventually("all records") {
            ((try? service.records(of: page)) ?? []).count >= count
        }
        let lines = try service.lines(of: page)
        #expect(lines.count == count)
        #expect(
            (0..<count).allSatisfy { number in
                lines.count { $0.contains("order \(number) is paid") } == 1
            })
    }

    private let count = 500

    private func lines(in scratch: URL) throws -> URL {
        let source = scratch.appendingPathComponent("source.log")
        let lines = (0..<count).map { #"order \#($0) is "paid""# }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: source)
        return source
    }

    private func expectLines(of stream: String, in service: RunningService) throws {
        try eventually("all lines have come", within: 60) {
            ((try? service.records(of: stream)) ?? []).count >= count
        }
        let messages = try service.records(of: stream).compactMap { $0["message"]?.text }
        #expect(Set(messages) == Set((0..<count).map { #"order \#($0) is "paid""# }))
        #expect(messages.count == count)
    }

    private func end(_ process: Process) {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }
}

/// The rsyslog that `.ci/packages` has unpacked.
enum Rsyslog {
    private static let root = Program.unpackedRoot("rsyslog")
    private static let program = "\(root)/usr/sbin/rsyslogd"
    private static let libraries =
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(root)/usr/lib")) ?? [])
        .filter { $0.hasSuffix("-linux-gnu") }.map { "\(root)/usr/lib/\($0)" }

    static let isUnpacked = FileManager.default.isExecutableFile(atPath: program)

    static func start(_ recipe: Recipe, in directory: URL) throws -> Process {
        try recipe.start(
            program,
            [
                "-n", "-i", "\(directory.path)/pid", "-M", "\(libraries.first ?? "")/rsyslog", "-f",
            ],
            variables: ["LD_LIBRARY_PATH": libraries.joined(separator: ":")], in: directory)
    }
}
