// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RotatingFile

@Suite struct LogDirectoryTests {
    @Test func `one listing sorts out streams, files in order of time, and foreign names`() {
        let contents = LogDirectory.Contents([
            "b.log.2026-11-24.gz", ".b.log.state", "lost+found", "b.log", ".b.log.ledger",
            "b.log.2026-11-23.gz", ".b.log.2026-11-25.gz.tmp", "copy.log", "b.log.2026-11-25",
            "gone.log.2026-11-23", ".c.log.ledger", ".hidden.2026-11-23", "b.log.2026-11-23.bak",
        ])
        #expect(contents.paged == ["b.log"])
        #expect(contents.bases == ["b.log", "copy.log", "gone.log"])
        #expect(
            contents.rotated["b.log"]?.map(\.fileName) == [
                "b.log.2026-11-23.gz", "b.log.2026-11-24.gz", "b.log.2026-11-25",
            ])
        #expect(contents.plainFiles(of: "b.log").map(\.fileName) == ["b.log.2026-11-25"])
        #expect(contents.temporaries.map(\.name) == [".b.log.2026-11-25.gz.tmp"])
        #expect(
            contents.foreign == [
                ".c.log.ledger", ".hidden.2026-11-23", "b.log.2026-11-23.bak", "lost+found",
            ])
        #expect(contents.nameCount == 13)
    }

    @Test func `an active file whose name begins with a dot has rotated files`() {
        let contents = LogDirectory.Contents(["..app.state", ".app", ".app.2026-11-23"])
        #expect(contents.bases == [".app"] && contents.foreign.isEmpty)
        #expect(contents.rotated[".app"]?.count == 1)
    }

    @Test func `the rotated files of one active file are those of its very name`() throws {
        let place = try Workplace()
        for name in [
            "app.log.2026-11-23", "app.log.2026-11-23.gz", "app.log", "my.app.log.2026-11-23",
        ] {
            try place.write("a\n", to: name)
        }
        let found = try LogDirectory(place.directory).rotatedFiles(of: "app.log")
        #expect(found.map(\.fileName).sorted() == ["app.log.2026-11-23", "app.log.2026-11-23.gz"])
    }
}
