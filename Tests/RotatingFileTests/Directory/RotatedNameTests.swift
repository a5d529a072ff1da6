// SPDX-License-Identifier: Apache-2.0

import RotatingFile
import Testing

struct RotatedNameTests {
    @Test(arguments: [
        ("app.log.2026-11-23", "2026-11-23", 0, false),
        ("app.log.2026-11-23.gz", "2026-11-23", 0, true),
        ("app.log.2026-11-23_10.1", "2026-11-23_10", 1, false),
        ("app.log.2026-11-23_10-15.12.gz", "2026-11-23_10-15", 12, true),
        ("app.log.2024-02-29_23-59-59", "2024-02-29_23-59-59", 0, false),
    ])
    func `a rotated file's name is read and written back`(
        fileName: String, suffix: String, collision: Int, isCompressed: Bool
    ) throws {
        let name = try #require(RotatedName(parsing: fileName, base: "app.log"))
        #expect(name.suffix == suffix)
        #expect(name.collision == collision)
        #expect(name.isCompressed == isCompressed)
        #expect(name.fileName == fileName)
        #expect(name.compressedName == name.plainName + ".gz")
    }

    @Test(arguments: [
        "", "app.log", "app.log.", "app.log.gz", "app.log2026-11-23", "app.log.2026-11-2",
        "app.log.2026-11-231", "app.log.2026-13-01", "app.log.2026-00-10", "app.log.2026-11-00",
        "app.log.2026-11-31", "app.log.2025-02-29", "app.log.1900-02-29", "app.log.0000-01-01",
        "app.log.2026-11-23_24", "app.log.2026-11-23_10-60", "app.log.2026-11-23_10-15-60",
        "app.log.2026-11-23_1", "app.log.2026-11-23-10", "app.log.2026_11_23",
        "app.log.2026-11-23_10_15", "app.log.+026-11-23", "app.log.2026--1-23",
        "app.log.2026-11-23_", "app.log.2026-11-23_10-", "app.log.2026-11-23.",
        "app.log.2026-11-23.0", "app.log.2026-11-23.01", "app.log.2026-11-23.-1",
        "app.log.2026-11-23.1x", "app.log.2026-11-23.1.2", "app.log.2026-11-23.gz.gz",
        "app.log.2026-11-23.gz.1", "app.log.2026-11-23..gz", "app.log.2026-11-23.GZ",
        "app.log.2026-11-23.gz.tmp", ".app.log.2026-11-23.gz.tmp", "app.log.2026-11-23 ",
        "app.log.2026-11-23.99999999999999999999", "app.log.2026-11-23.999999999999999999",
        "app.log.2026-11-23.1000000000", "app.log.2026-11-23.1000000000.gz",
        "app.log.10000-01-01", "app.log.12026-11-23", "App.log.2026-11-23", "my.app.log.2026-11-23",
        "app.log.2026-11-23.bak", "app.log.２０２６-11-23", "app.log.2026-11-23\n",
        "app.log..2026-11-23", "app.log.old.2026-11-23",
    ])
    func `a foreign file's name is not a rotated file's`(fileName: String) {
        #expect(RotatedName(parsing: fileName, base: "app.log") == nil)
    }

    @Test
    func `a base that only looks the same is another one`() {
        #expect(RotatedName(parsing: "caf\u{E9}.2026-11-23", base: "caf\u{E9}") != nil)
        #expect(RotatedName(parsing: "cafe\u{301}.2026-11-23", base: "caf\u{E9}") == nil)
        #expect(RotatedName(parsing: ".2026-11-23", base: "") == nil)
    }

    @Test
    func `names are in the order of their times, then of their collisions`() {
        let ordered = [
            "app.log.0999-12-31", "app.log.2026-02-28", "app.log.2026-11-22_23-59-59",
            "app.log.2026-11-23", "app.log.2026-11-23.gz", "app.log.2026-11-23.2",
            "app.log.2026-11-23.10", "app.log.2026-11-23_00", "app.log.2026-11-23_09.gz",
            "app.log.2026-11-23_10", "app.log.2026-11-23_10-15", "app.log.2027-01-01.gz",
        ]
        let names = ordered.compactMap { RotatedName(parsing: $0, base: "app.log") }
        #expect(names.shuffled().sorted().map(\.fileName) == ordered)
    }
}
