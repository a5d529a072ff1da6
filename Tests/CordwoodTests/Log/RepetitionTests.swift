// SPDX-License-Identifier: Apache-2.0

import RotatingFile
import Testing

@testable import Cordwood

struct RepetitionTests {
    @Test
    func `each kind is logged at once, then every ten seconds with its count`() {
        var log = Repetition<String>(limit: 2)
        let kinds = ["one", "two"]
        for kind in kinds { #expect(log.note(kind, now: 100) == 0) }
        for second in Int64(100)..<110 {
            for kind in kinds { #expect(log.note(kind, now: second) == nil) }
        }
        for kind in kinds { #expect(log.note(kind, now: 110) == 10) }
        #expect(log.note("one", now: 119) == nil)
        #expect(log.note("two", now: 120) == 0)
    }

    @Test
    func `one more kind than are remembered takes the place of the first`() {
        var log = Repetition<String>(limit: 2)
        for kind in ["one", "two", "three"] { #expect(log.note(kind, now: 100) == 0) }
        #expect(log.note("two", now: 101) == nil && log.note("three", now: 101) == nil)
        #expect(log.note("one", now: 101) == 0)
    }

    @Test func `a repeated error is logged once in a while, with its count`() {
        var log = Repetition<RotatingFileError>(limit: 16)
        let error = RotatingFileError.notARegularFile(path: "/a")
        #expect(log.note(error, now: 100) == 0)
        #expect(log.note(error, now: 101) == nil)
        #expect(log.note(error, now: 109) == nil)
        #expect(log.note(error, now: 110) == 2)
        #expect(log.note(.notARegularFile(path: "/b"), now: 110) == 0)
    }
}
