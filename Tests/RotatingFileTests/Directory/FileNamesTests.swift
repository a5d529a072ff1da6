// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RotatingFile

@Suite struct FileNamesTests {
    @Test func `generated names are read back, and have the names of the pages`() throws {
        let names = FileNames(of: "app.log")
        #expect(names.statePage == ".app.log.state" && names.ledger == ".app.log.ledger")
        #expect(FileKind(names.statePage) == .statePage(of: "app.log"))
        #expect(FileKind(names.ledger) == .ledger(of: "app.log"))
        #expect(FileKind(names.newLedger) == .ledger(of: "app.log"))
        let rotated = try #require(RotatedName(parsing: "app.log.2026-11-23.2"))
        #expect(rotated.base == "app.log" && rotated.collision == 2)
        #expect(rotated.temporaryName == ".app.log.2026-11-23.2.gz.tmp")
        #expect(FileKind(rotated.temporaryName) == .temporary(rotated))
        #expect(FileKind(rotated.plainName) == .rotated(rotated))
        let compressed = try #require(RotatedName(parsing: rotated.compressedName))
        #expect(FileKind(rotated.compressedName) == .rotated(compressed))
    }

    @Test(arguments: [
        "", ".", "app.log", ".state", "..state.", ".ledger", ".gz.tmp", "app.log.state",
        "app.log.ledger", ".app.log.gz.tmp", ".app.log.2026-11-23.gz.gz.tmp",
        "app.log.2026-11-23.gz.tmp", ".app.log.ledger.foreign", ".app.log.ledger.foreign.1",
        ".app.log.state.bak",
    ])
    func `a name that only looks similar is foreign`(name: String) {
        #expect(FileKind(name) == .other)
    }

    /// A suffix is the last part with a date, so no name is that of two active files.
    @Test(arguments: [
        ("app.log.2026-11-23.2026-11-24", "app.log.2026-11-23", 0),
        ("app.log.2026-11-23.5", "app.log", 5), ("a.2026-11-23_10.1.gz", "a", 1),
        (".hidden.2026-11-23", ".hidden", 0),
    ])
    func `a rotated name belongs to one active file`(name: String, base: String, number: Int) {
        #expect(RotatedName(parsing: name)?.base == base)
        #expect(RotatedName(parsing: name)?.collision == number)
        #expect(RotatedName(parsing: name)?.fileName == name)
        #expect(RotatedName(parsing: name, base: base) != nil)
        #expect(RotatedName(parsing: name, base: base + "x") == nil)
    }
}
