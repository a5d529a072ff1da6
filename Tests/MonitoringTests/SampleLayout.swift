// SPDX-License-Identifier: Apache-2.0

import Prefork

@testable import Monitoring

extension CounterLayout {
    /// A layout with a further role, as a service would register it.
    static let sample = CounterLayout(
        roles: [.worker, .sealer, RowRole(3, "archiver")], paths: ["/logs", "/health", "other"],
        rejections: ["invalid_json", "too_deep"])

    func scoreboard(rowCount: Int) throws -> Scoreboard {
        try Scoreboard(
            rowCount: rowCount, cellCount: cellCount, sharedCellCount: Self.sharedCellCount)
    }
}

extension Counters {
    /// A row of a process in a board of the sample layout.
    init(_ board: Scoreboard, row: Int) { self.init(board, row: row, .sample) }

    func run(_ role: RowRole, _ number: Int64 = -1, _ state: ProcessState = .running) {
        scoreboard.use(row: row)
        set(.role, to: role.number)
        set(.number, to: number)
        set(.state, to: state.rawValue)
    }
}
