// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `cordwood verify`, as an operator runs it.
struct VerifiesADirectoryTests {
    @Test func `a whole directory is a table and exit status 0`() throws {
        let place = try LogDirectory([
            "app.log": "{}\n", "app.log.2026-11-23": "{\"a\":1}\n{}\n", "web.log": " {} \n",
        ])
        let result = try Binary.run(["verify", place.path])
        #expect(result.status == 0 && result.errors.isEmpty)
        #expect(
            result.output == """
                stream   files  lines  bytes  torn  bad lines  bad files
                app.log      2      3     14     0          0          0
                web.log      1      1      5     0          0          0
                total        3      4     19     0          0          0
                no damage

                """)
    }

    @Test func `damage is a sentence each and exit status 1`() throws {
        let place = try LogDirectory([
            "app.log": "{}\nhello\n{}\n\n", "app.log.2026-11-22.gz": "no gzip",
            "app.log.2026-11-23": "{}\n{\"a\":", "foreign\u{1b}": "",
            ".app.log.2026-11-21.gz.tmp": "",
        ])
        let result = try Binary.run(["verify", place.path])
        #expect(result.status == 1 && result.errors.isEmpty)
        #expect(
            result.output == """
                stream   files  lines  bytes  torn  bad lines  bad files
                app.log      3      5     21     1          2          3
                damaged: app.log: 2 lines are not JSON objects, the first is line 2
                damaged: app.log.2026-11-22.gz: the compressed file is damaged: incorrect header \
                check
                damaged: app.log.2026-11-23: the last line has no line feed
                note: .app.log.2026-11-21.gz.tmp: left by a sealer that died; the next one removes \
                it
                note: 1 name not of a stream and not looked at: "foreign\\u001b"
                3 of 3 files damaged

                """)
    }

    @Test func `lines of raw streams may be anything, but rejected records are JSON`() throws {
        let place = try LogDirectory(["app.log": "hello\n", "app.rejected.log": "hello\n"])
        #expect(try Binary.run(["verify", place.path]).output.contains("2 of 2 files damaged"))
        let result = try Binary.run(["verify", "--raw", place.path])
        #expect(result.status == 1)
        #expect(result.output.contains("damaged: app.rejected.log: line 1 is not a JSON object"))
        #expect(result.output.hasSuffix("1 of 2 files damaged\n"))
    }

    @Test func `one JSON object says the same`() throws {
        let place = try LogDirectory([
            "app.log": "{}\n", "app.log.2026-11-23": "{}\n{\"a\":", "x": "",
        ])
        let result = try Binary.run(["verify", "--json", place.path])
        #expect(result.status == 1)
        #expect(
            result.output == """
                {"directory": "\(place.path)", "damaged": true, "files": 2, "lines": 2, \
                "bytes": 11, "torn_lines": 1, "damaged_lines": 0, "damaged_files": 1, \
                "streams": [{"name": "app.log", "files": 2, "lines": 2, "bytes": 11, \
                "torn_lines": 1, "damaged_lines": 0, "damaged_files": 1, "findings": \
                [{"file": "app.log.2026-11-23", "kind": "torn_line", "damage": true, \
                "sentence": "the last line has no line feed"}]}], "foreign": ["x"]}

                """)
    }

    @Test func `an empty directory has no streams, and no damage`() throws {
        let place = try LogDirectory([:])
        let result = try Binary.run(["verify", place.path])
        #expect(result.status == 0 && result.output.hasSuffix("no streams in \(place.path)\n"))
    }

    @Test(arguments: ["verify", "seal"])
    func `a directory that is not there has exit status 66`(command: String) throws {
        let result = try Binary.run([command, "/nowhere"])
        #expect(result.status == 66 && result.output.isEmpty)
        #expect(result.errors == "cordwood: cannot list /nowhere: No such file or directory\n")
    }
}
