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

    @Test func `a file that another process has open is busy, and it is said who`() throws {
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

    @Test func `what fails is a sentence and exit status 1`() throws {
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
            (["--config", "/nowhere"], 78),
        ] as [([String], Int32)])
    func `a mistake touches nothing`(flags: [String], status: Int32) throws {
        let place = try LogDirectory(files)
        #expect(try Binary.run(["seal", place.path] + flags).status == status)
        #expect(try place.names() == files.keys.sorted())
    }
}
