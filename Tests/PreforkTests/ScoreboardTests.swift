// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage
import Testing

@testable import Prefork

@Suite struct ScoreboardTests {
    @Test func `rows keep their numbers apart and totals add them up`() throws {
        let scoreboard = try Scoreboard(rowCount: 3, cellCount: 9)
        for row in 0..<3 {
            scoreboard.use(row: row)
            scoreboard.add(Int64(row + 1), row: row, cell: 8)
            scoreboard.add(10, row: row, cell: 8)
            scoreboard.use(row: row)
        }
        #expect(scoreboard[1, 8] == 12)
        #expect(scoreboard.total(8) == 36)
        #expect(scoreboard.total(0) == 0)
    }

    @Test func `only rows that were used are looked at`() throws {
        let scoreboard = try Scoreboard(rowCount: 5, cellCount: 1)
        #expect(scoreboard.usedRowCount == 0)
        scoreboard.use(row: 2)
        #expect(scoreboard.usedRowCount == 3)
        scoreboard.use(row: 0)
        #expect(scoreboard.usedRowCount == 3)
        scoreboard.use(row: 4)
        #expect(scoreboard.usedRowCount == 5)
    }

    @Test func `an adopted scoreboard has its numbers, and shares them`() throws {
        let first = try Scoreboard(rowCount: 3, cellCount: 9)
        first.use(row: 2)
        first[2, 8] = 42
        let copy = dup(first.file.rawValue)
        let second = try Scoreboard(
            adopting: Descriptor(owning: copy), rowCount: 3, cellCount: 9)
        #expect(second.usedRowCount == 3 && second[2, 8] == 42)
        second[1, 0] = 7
        #expect(first[1, 0] == 7)
    }

    @Test func `a file that is too small for the rows is not adopted`() throws {
        let small = try Scoreboard(rowCount: 1, cellCount: 8)
        let copy = dup(small.file.rawValue)
        #expect(throws: Errno.invalidArgument) {
            _ = try Scoreboard(adopting: Descriptor(owning: copy), rowCount: 9000, cellCount: 8)
        }
    }
}
