// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Testing

@testable import RotatingFile

@Suite struct OverdueRolloverTests {
    @Test func `a file that no process has open is rotated on time`() throws {
        let work = try Workplace()
        let schedule = try work.open().schedule
        try work.open().append([UInt8]("{}\n".utf8).span, now: 10)
        func rotate(at now: Int64) throws -> [String] {
            try RotatingFile.rollOverOverdue(
                in: work.directory, schedule: schedule, options: RotatingFile.Options(), now: now
            ) { work.events.append($0) }
        }
        // Its writers, if there are any, have two seconds to do it themselves.
        #expect(try rotate(at: 61) == [])
        #expect(try work.text() == "{}\n")
        #expect(try rotate(at: 62) == [])
        #expect(try work.names == ["app.log", "app.log.1970-01-01_00-00"])
        #expect(try work.text() == "")
        #expect(work.events == [.rolledOver(to: work.path("app.log.1970-01-01_00-00"))])
    }

    @Test func `one that cannot be opened is named and does not stop the others`() throws {
        let work = try Workplace()
        let schedule = try work.open().schedule
        for name in ["a.log", "b.log"] {
            try RotatingFile(path: work.path(name), schedule: schedule, now: 0)
                .append([UInt8]("{}\n".utf8).span, now: 10)
        }
        _ = try Directory.unlink(work.path("a.log"))
        symlink("/dev/null", work.path("a.log"))
        let failures = try RotatingFile.rollOverOverdue(
            in: work.directory, schedule: schedule, options: RotatingFile.Options(), now: 100
        ) { _ in }
        #expect(failures == ["\(RotatingFileError.notARegularFile(path: work.path("a.log")))"])
        #expect(try work.text("b.log.1970-01-01_00-00") == "{}\n")
    }
}
