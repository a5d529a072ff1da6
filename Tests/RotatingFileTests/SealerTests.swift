import Glibc
import Linux
import Testing

@testable import RotatingFile

/// A pass over a directory: what is cleared, what is kept and what is not ours.
@Suite struct SealerTests {
    let place: Workplace

    init() throws {
        place = try Workplace()
        try place.write("", to: ".app.log.state")
    }

    @Test func `an orphaned temporary file is removed`() throws {
        try place.write("half", to: ".app.log.1970-01-01_00-00.gz.tmp")
        let report = try place.seal()
        #expect(try place.names.isEmpty && report.failures.isEmpty)
    }

    @Test func `foreign files are neither sealed nor removed`() throws {
        let foreign = [
            "app.log", "app.log.1", "app.log.old", "app.log.1970-13-01", "app.log.1970-01-01.bak",
            "app.log.1970-01-01_00-00.01", "xapp.log.1970-01-01", "other.log.1970-01-01",
            "app.log.1970-01-01.gz.gz", ".app.log.old.gz.tmp", ".other.log.1970-01-01.gz.tmp",
        ]
        for name in foreign { try place.write("theirs\n", to: name) }
        var retention = Retention()
        retention.maximumAgeSeconds = 0
        retention.maximumTotalByteCount = 0
        #expect(try place.seal(keeping: retention, now: .max / 2) == Sealer.Report())
        #expect(try place.names == foreign.sorted())
    }

    @Test func `the oldest slots go`() throws {
        for day in 1...4 { try place.write("a\n", to: "app.log.1970-01-0\(day)") }
        var retention = Retention()
        retention.backupCount = 2
        let report = try place.seal(keeping: retention)
        #expect(report.sealedCount == 4 && report.removedCount == 2)
        #expect(try place.names == ["app.log.1970-01-03.gz", "app.log.1970-01-04.gz"])
    }

    @Test func `a file that a writer has open is not removed`() throws {
        try place.remove(".app.log.state")
        let (file, late) = (try place.open(), try place.open())
        try file.append("a\n")
        try file.append("b\n", at: 60)
        try file.append("c\n", at: 120)
        var retention = Retention()
        retention.backupCount = 1
        #expect(try place.seal(keeping: retention).removedCount == 0)
        #expect(try place.text("app.log.1970-01-01_00-00") == "a\n")
        try late.tick(now: 120)
        #expect(try place.seal(keeping: retention).removedCount == 1)
    }

    @Test func `a file without a page beside it is left alone`() throws {
        try place.remove(".app.log.state")
        try place.write("a\n", to: "app.log.1970-01-01")
        #expect(try place.seal() == Sealer.Report())
    }

    @Test func `a directory that cannot be listed is said`() {
        #expect {
            try Sealer(directory: "/nowhere").run(now: 0)
        } throws: { error in
            error as? RotatingFileError
                == .system(
                    operation: "list", path: "/nowhere", errno: .noSuchFileOrDirectory)
        }
    }
}
