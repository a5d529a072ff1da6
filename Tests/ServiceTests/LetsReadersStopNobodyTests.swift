// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Whoever may only read the logs can lock them, and stops neither writing, nor sealing, nor
/// retention.
struct LetsReadersStopNobodyTests {
    static let canSwitch =
        geteuid() == 0 && Program.installed("setpriv") != nil
        && FileManager.default.isExecutableFile(atPath: python)
    /// Not one in somebody's home: the reader may not enter that.
    private static let python = "/usr/bin/python3"

    /// Locks all that it can open, again and again, alone or else with others, and keeps it open.
    private static let reader = """
        import fcntl, os, sys, time
        directory, kept = sys.argv[1], {}
        kept["."] = os.open(directory, os.O_RDONLY)
        fcntl.flock(kept["."], fcntl.LOCK_EX)
        while True:
            for name in os.listdir(directory):
                try:
                    path = os.path.join(directory, name)
                    key = name, os.stat(path).st_ino
                    if key in kept: continue
                    kept[key] = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
                    try: fcntl.flock(kept[key], fcntl.LOCK_EX | fcntl.LOCK_NB)
                    except OSError: fcntl.flock(kept[key], fcntl.LOCK_SH | fcntl.LOCK_NB)
                except OSError: pass
            time.sleep(0.001)
        """

    @Test(.enabled(if: canSwitch, "needs root, setpriv and python3"))
    func `a reader with locks on everything`() throws {
        let configuration = """
            listen: 127.0.0.1:0
            workers: 2
            rotation: {when: S, backup_count: 2}
            files: {mode: "0644", directory_mode: "0755"}
            """
        try Scratch.with { scratch in
            try #require(chmod(scratch.path, 0o755) == 0)
            let logs = scratch.appendingPathComponent("logs")
            try RunningService.run(in: logs, configuration: configuration) { service in
                try #require(chmod(service.directory.path, 0o755) == 0)
                let reader = Process()
                let launcher = try #require(Program.installed("setpriv"))
                reader.executableURL = URL(fileURLWithPath: launcher)
                reader.arguments = [
                    "--reuid=65534", "--regid=65534", "--clear-groups", "--",
                    Self.python, "-c", Self.reader, logs.path,
                ]
                try reader.runUnblocked()
                defer { reader.terminate() }
                var count = 0
                // Longer than a lock of an unknown is heeded.
                try eventually("files are removed", within: 60) {
                    #expect(try service.post(#"{"n":\#(count)}"#).status == 200)
                    count += 1
                    usleep(50_000)
                    return try service.metrics().total("cordwood_files_removed_total") >= 5
                }
                #expect(reader.isRunning)
                try service.configure(
                    configuration.replacingOccurrences(of: "when: S", with: "when: M"))
                try service.reload()
                #expect(try service.post(#"{"n":-1}"#).status == 200)
                // The sealer has the lowest priority, on a machine that may be busy.
                try eventually("only two are kept, and sealed", within: 120) {
                    let isSealed = try service.metrics().total("cordwood_sealed_files_total") > 0
                    return try isSealed && service.files().count <= 3
                }
                #expect(try service.stop() == 0)
            }
        }
    }
}
