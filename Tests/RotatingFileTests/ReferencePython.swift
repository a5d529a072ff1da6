// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The CPython whose schedules ours are compared with.
enum ReferencePython {
    /// CPython 3.13 or later where there is one, else any `python3`; nil if there is none that
    /// runs.
    static let program: String? = {
        let candidates = inPath("python3.13") + inPyenv() + inPath("python3")
        return candidates.first { runs($0, "import sys; sys.exit(sys.version_info < (3, 13))") }
            ?? candidates.first { runs($0, "import zoneinfo") }
    }()

    /// Runs a script that stands beside the tests.
    static func run(
        _ script: String, _ arguments: [String]
    ) throws -> (status: Int32, output: String)? {
        guard let program else { return nil }
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent(script).path
        return try ChildProcess(program: program, arguments: ["-B", file] + arguments).run()
    }

    private static func inPath(_ name: String) -> [String] {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { "\($0)/\(name)" }
            .filter(FileManager.default.isExecutableFile(atPath:))
    }

    private static func inPyenv() -> [String] {
        let versions = NSHomeDirectory() + "/.pyenv/versions"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: versions)) ?? []
        return names.filter { $0.hasPrefix("3.13") }.sorted()
            .map { "\(versions)/\($0)/bin/python3.13" }
            .filter(FileManager.default.isExecutableFile(atPath:))
    }

    /// A name in `PATH` may be a shim that only says that no such version is chosen.
    private static func runs(_ program: String, _ code: String) -> Bool {
        (try? ChildProcess(program: program, arguments: ["-c", code]).run().status) == 0
    }
}
