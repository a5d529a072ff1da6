import Testing

@testable import Prefork

@Suite struct ScoreboardTests {
    @Test func `rows keep their numbers apart and totals add them up`() throws {
        let scoreboard = try Scoreboard(rowCount: 3, cellCount: 9)
        for row in 0..<3 {
            scoreboard.use(row: row)
            scoreboard.add(Int64(row + 1), row: row, cell: 8)
            scoreboard.add(10, row: row, cell: 8)
        }
        #expect(scoreboard[1, 8] == 12)
        #expect(scoreboard.total(8) == 36)
        #expect(scoreboard.total(0) == 0)
    }
}
