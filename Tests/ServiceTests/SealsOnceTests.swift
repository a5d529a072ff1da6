// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

/// `cordwood seal`, as an operator runs it.
struct SealsOnceTests {
    private let files = [
        ".app.log.state": "", "app.log": "{}\n", "app.log.2026-11-21": "{}\n{}\n",
        "app.log.2026-11-22": "{}\n", "app.log.old": "foreign\n",
    ]
    private let sealed = [
        ".app.log.state", "app.log", "app.log.2026-11-21.gz", "app.log.2026-11-22.gz",
        "app.log.old",
    ]

    @Test func `every rotated file is sealed and named, and nothing is removed unasked`() throws {
        let place = try LogDirectory(files)
        let result = try Binary.run(["seal", place.path])
        #expect(result.status == 0 && result.errors.isEmpty)
        #expect(
            result.output == """
                sealed   app.log.2026-11-21  6 bytes
                sealed   app.log.2026-11-22  3 bytes
                2 sealed, 0 removed, 0 busy, 0 failed

                """)
        #expect(try place.names() == sealed)
        #expect(try Binary.run(["verify", place.path]).status == 0)
    }

    @Test(
        arguments: [
            (["--backup-count", "1"], [:], ""), ([], ["CORDWOOD_ROTATION_BACKUP_COUNT": "1"], ""),
            (["--config", "/dev/stdin"], [:], "rotation: {backup_count: 1}"),
            ([], ["CORDWOOD_CONFIG": "/dev/stdin"], "rotation: {backup_count: 1}"),
            (
                ["--backup-count", "1", "--config", "/dev/stdin"], [:],
                "rotation: {backup_count: 5}"
            ),
        ] as [([String], [String: String], String)])
    func `a limit comes from a flag, the environment or the file`(
        flags: [String], environment: [String: String], file: String
    ) throws {
        let place = try LogDirectory(files)
        let result = try Binary.run(
            ["seal", place.path] + flags, environment: environment, input: file)
        #expect(result.status == 0)
        #expect(result.output.contains("removed  app.log.2026-11-21.gz\n"))
        #expect(result.output.hasSuffix("2 sealed, 1 removed, 0 busy, 0 failed\n"))
        #expect(try place.names() == sealed.filter { $0 != "app.log.2026-11-21.gz" })
    }

    /// The service's default of fourteen files is not what a service with flags of its own keeps.
    @Test func `the default limit counts only with a configuration file`() throws {
        let days = (1...16).map { ("app.log.2026-10-\($0 + 10)", "{}\n") }
        let many = Dictionary(uniqueKeysWithValues: days + [(".app.log.state", "")])
        let place = try LogDirectory(many)
        #expect(
            try Binary.run(["seal", place.path, "--max-age", "36500d"]).output.contains(
                " 0 removed"))
        let result = try Binary.run(["seal", place.path, "--config", "/dev/stdin"])
        #expect(result.output.contains(" 2 removed"))
    }

    /// Three files of each of two streams, and the service's ledger of the one that keeps all.
    private func twoStreams() -> [String: String] {
        var files: [String: String] = [:]
        for stream in ["app", "audit"] {
            files[".\(stream).log.state"] = ""
            for day in 1...3 { files["\(stream).log.2026-11-2\(day)"] = "{}\n" }
        }
        files[".audit.log.ledger"] =
            #"{"seq":1,"at":0,"event":"keeps","keep_count":0,"keep_own":true}"# + "\n"
        return files
    }

    @Test(
        arguments: [
            ([], [:], "", 1, 3), (["--force"], [:], "", 1, 1),
            (["--force", "--stream", "app"], [:], "", 1, 3),
            (["--stream", "audit"], [:], "", 3, 3),
            (["--force", "--stream", "audit"], [:], "", 3, 1),
            // A file says it, and not the ledger.
            (
                ["--config", "/dev/stdin"], [:], "per_stream: {app: {rotation: {backup_count: 2}}}",
                2, 1
            ),
            (
                ["--config", "/dev/stdin"], [:], "per_stream: {a*: {rotation: {max_age: 100y}}}", 3,
                3
            ),
            (
                ["--config", "/dev/stdin", "--force"], [:],
                "per_stream: {app: {rotation: {backup_count: 2}}}", 1, 1
            ),
            ([], ["CORDWOOD_ROTATION_BACKUP_COUNT": "2"], "", 1, 3),
        ] as [([String], [String: String], String, Int, Int)])
    func `the retention of a stream is respected, unless it is forced`(
        flags: [String], environment: [String: String], file: String, app: Int, audit: Int
    ) throws {
        let place = try LogDirectory(twoStreams())
        let file = file.replacingOccurrences(of: "100y", with: "36500d")
        func count(_ stream: String) throws -> Int {
            try place.names().filter { $0.hasPrefix("\(stream).log.") }.count
        }
        let all = ["seal", place.path, "--backup-count", "1"] + flags
        let dry = try Binary.run(all + ["--dry-run"], environment: environment, input: file)
        #expect(try count("app") == 3 && count("audit") == 3 && dry.status == 0)
        #expect(try place.names().allSatisfy { !$0.hasSuffix(".gz") })
        #expect(
            dry.output.split(separator: "\n").count { $0.hasPrefix("would remove") }
                == 6 - app - audit)
        let result = try Binary.run(all, environment: environment, input: file)
        #expect(result.status == 0 && result.errors.isEmpty)
        #expect(try count("app") == app && count("audit") == audit)
        let isSpared = file.isEmpty && audit == 3 && !flags.contains("app")
        #expect(result.output.contains("kept     2 files of audit.log") == isSpared)
    }

    /// A limit that nobody gives by hand is nothing to force.
    @Test func `force alone removes nothing`() throws {
        let place = try LogDirectory(twoStreams())
        let result = try Binary.run(["seal", place.path, "--force"])
        #expect(result.output.hasSuffix("6 sealed, 0 removed, 0 busy, 0 failed\n"))
    }

    @Test func `a dry run reports what would happen to which file, and why`() throws {
        let place = try LogDirectory(files)
        let result = try Binary.run(["seal", place.path, "--backup-count", "1", "--dry-run"])
        #expect(
            result.output == """
                would seal    app.log.2026-11-22  3 bytes
                would remove  app.log.2026-11-21  6 bytes, there were more files than are kept
                1 would be sealed, 1 would be removed, 0 busy, 0 failed

                """)
        #expect(try place.names() == files.keys.sorted())
    }

    @Test func `it knows the retention of the service that wrote there`() throws {
        let text = """
            listen: ["127.0.0.1:0"]
            rotation: {utc: true, max_bytes: 20}
            per_stream: {audit: {rotation: {backup_count: 0}}}
            """
        try RunningService.run(configuration: text) { service in
            for number in 0..<4 {
                for stream in ["app", "audit"] {
                    #expect(
                        try service.post("/logs/\(stream)", "{\"number\":\(number)}").status == 200)
                }
            }
            func count(_ stream: String) throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: service.directory.path)
                    .count { $0.hasPrefix("\(stream).log.") && $0.hasSuffix(".gz") }
            }
            try eventually("all are compressed") {
                try count("app") == 3 && count("audit") == 3
            }
            let result = try Binary.run(["seal", service.directory.path, "--backup-count", "1"])
            #expect(result.output.contains("kept     2 files of audit.log"))
            #expect(try count("app") == 1 && count("audit") == 3)
            // Somebody removes what says so; the service says it again.
            let ledger = service.directory.appendingPathComponent(".audit.log.ledger").path
            try FileManager.default.removeItem(atPath: ledger)
            try eventually("there is another") { FileManager.default.fileExists(atPath: ledger) }
            _ = try Binary.run(["seal", service.directory.path, "--backup-count", "1"])
            #expect(try count("audit") == 3)
        }
    }

    @Test func `a file that another process has open is busy, and the process is named`() throws {
        let place = try LogDirectory(files)
        let writer = open(place.path + "/app.log.2026-11-22", O_RDONLY | O_CLOEXEC)
        defer { close(writer) }
        try #require(flock(writer, LOCK_SH) == 0)
        let result = try Binary.run(["seal", place.path])
        #expect(result.status == 0)
        #expect(
            result.output == """
                sealed   app.log.2026-11-21  6 bytes
                busy     app.log.2026-11-22  process \(getpid()) had it open to append, and lets \
                go within a second
                1 sealed, 0 removed, 1 busy, 0 failed

                """)
    }

    @Test func `a failure is a sentence and exit status 1`() throws {
        let place = try LogDirectory(files)
        try #require(link(place.path + "/app.log.2026-11-21", place.path + "/other") == 0)
        let result = try Binary.run(["seal", place.path])
        #expect(result.status == 1)
        #expect(result.errors.hasPrefix("cordwood: \(place.path)/app.log.2026-11-21 is not sealed"))
        #expect(result.output.hasSuffix("1 sealed, 0 removed, 0 busy, 1 failed\n"))
    }

    @Test(
        arguments: [
            (["--level", "0"], 64), (["--level", "x"], 64), (["--max-age", "x"], 78),
            (["--backup-count", "-1"], 64), (["--max-total-bytes", "many"], 78),
            (["--config", "/nowhere"], 78), (["--stream", "../x"], 64), (["--stream", ""], 64),
        ] as [([String], Int32)])
    func `a mistake touches nothing`(flags: [String], status: Int32) throws {
        let place = try LogDirectory(files)
        #expect(try Binary.run(["seal", place.path] + flags).status == status)
        #expect(try place.names() == files.keys.sorted())
    }
}
