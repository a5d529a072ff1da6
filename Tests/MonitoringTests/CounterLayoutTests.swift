// SPDX-License-Identifier: Apache-2.0

import Prefork
import Testing

@testable import Monitoring

@Suite struct CounterLayoutTests {
    private static let roles: [RowRole] = [.worker, .sealer]
    private static let base = CounterLayout(
        roles: roles, paths: ["/logs", "other"], rejections: ["invalid_json"])

    @Test func `the same names have the same identity`() {
        let again = CounterLayout(
            roles: Self.roles, paths: ["/logs", "other"], rejections: ["invalid_json"])
        #expect(again.identity(rowCount: 8) == Self.base.identity(rowCount: 8))
        #expect(!again.identity(rowCount: 8).contains("\n"))
    }

    @Test(arguments: [
        CounterLayout(roles: roles, paths: ["/logs"], rejections: ["invalid_json"]),
        CounterLayout(roles: roles, paths: ["other", "/logs"], rejections: ["invalid_json"]),
        CounterLayout(roles: roles, paths: ["/logs", "other"], rejections: ["too_deep"]),
        CounterLayout(roles: roles, paths: ["other"], rejections: ["/logs", "invalid_json"]),
        CounterLayout(
            roles: roles + [RowRole(3, "archiver")], paths: ["/logs", "other"],
            rejections: ["invalid_json"]),
        CounterLayout(
            roles: [RowRole(2, "worker"), RowRole(1, "sealer")], paths: ["/logs", "other"],
            rejections: ["invalid_json"]),
    ])
    func `another name, order or number has another identity`(layout: CounterLayout) {
        #expect(layout.identity(rowCount: 8) != Self.base.identity(rowCount: 8))
    }

    @Test func `another number of rows has another identity`() {
        #expect(Self.base.identity(rowCount: 8) != Self.base.identity(rowCount: 9))
    }

    @Test func `a status without a cell counts as the last one of its path`() {
        for path in Self.base.paths.indices {
            #expect(Self.base.request(path, 599) == Self.base.request(path, 505))
            #expect(Self.base.request(path, 505) == Self.base.request(path + 1, 200) - 1)
        }
    }

    @Test func `every count has a cell of its own`() throws {
        let layout = CounterLayout.sample
        let board = try layout.scoreboard(rowCount: 2)
        let counters = Counters(board, row: 1)
        for cell in Cell.allCases { counters.add(1, to: cell) }
        for place in 0...StreamDirectory.limit {
            for cell in StreamCell.allCases { counters.add(1, to: cell, at: place) }
        }
        for path in layout.paths.indices {
            for status in CounterLayout.statusCodes { counters.countRequest(path, status) }
        }
        for reason in layout.rejections.indices { counters.countRejection(reason, 1) }
        let words = CounterLayout.firstErrorWord..<CounterLayout.firstStream
        for word in words { board.add(1, row: 1, cell: word) }
        for bound in CounterLayout.ackBounds { counters.countAcknowledgements(1, took: bound) }
        let ack = [Cell.ackCount.rawValue, Cell.ackNanoseconds.rawValue]
        for cell in 0..<layout.cellCount where !ack.contains(cell) {
            #expect(board[1, cell] == 1, "\(cell)")
        }
    }
}
