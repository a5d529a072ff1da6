// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RotatingFile

@Suite struct BacklogTests {
    @Test func `plain rotated files wait, and nothing else`() throws {
        let place = try Workplace()
        for (name, text) in [
            (".app.log.state", ""), ("app.log", "now"), ("app.log.1970-01-01_00-00", "12345"),
            ("app.log.1970-01-01_00-01", "123"), ("app.log.1970-01-01_00-02.gz", "zzzz"),
            ("other.1970-01-01_00-00", "foreign"),
        ] {
            try place.write(text, to: name)
        }
        var options = Sealer.Options()
        let backlog = try Sealer(directory: place.directory, options: options).backlog()
        #expect(backlog.fileCount == 2)
        #expect(backlog.byteCount == 8)
        #expect(backlog.oldestModified != nil)
        options.isCompressing = false
        #expect(try Sealer(directory: place.directory, options: options).backlog() == .init())
    }
}
