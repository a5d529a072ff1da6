// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import Monitoring
import Prefork

/// A role of the master's children: a line of the table, and a file with its process.
struct ProcessRole: Sendable {
    /// Its name, and its number in the scoreboard.
    let row: RowRole
    let count: @Sendable (Configuration) -> Int
    /// Whether the service stops when no process of this role can start any more.
    var isEssential = false
    /// Whether TTIN and TTOU change the count.
    var isResizable = false
    /// Whether it accepts connections; other processes close the listening sockets.
    var listens = false
    /// Does the work of a child in its own process; returns the exit code.
    let run:
        @Sendable (
            _ child: Child, _ generation: Generation, _ counters: Counters, _ isReplacement: Bool
        ) -> Int32

    /// In the order in which a generation starts; the first process of the first role starts alone.
    static let all: [ProcessRole] = [
        ProcessRole(
            row: .worker, count: { $0.workerCount }, isEssential: true, isResizable: true,
            listens: true
        ) { child, generation, counters, isReplacement in
            WorkerProcess(generation, counters, isReplacement: isReplacement).run(child)
        },
        ProcessRole(row: .sealer, count: { _ in 1 }) { child, generation, counters, _ in
            SealerProcess(generation, counters).run(child)
        },
    ]

    static func named(_ name: String) -> ProcessRole? { all.first { $0.row.name == name } }

    /// What the master has to know of it.
    func role(_ settings: Configuration) -> Role {
        Role(
            name: row.name, count: count(settings), isEssential: isEssential,
            isResizable: isResizable)
    }
}
