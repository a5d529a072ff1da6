// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import Glibc
import HTTP
import Linux
import Monitoring
import Prefork
import SystemPackage

/// The state that an earlier program has handed over in this process: see `Handover`.
struct Inheritance {
    /// The predecessors' pipe: while it is open they consider their master alive.
    private let lifeLine: Lent
    private var scoreboard: Lent?
    let rowCount: Int
    /// `Storage.identity` of the files that its children write.
    let files: String
    let children: [Handover.Child]
    let listeners: [BoundListener]

    /// A descriptor with several owners.
    private final class Lent {
        var descriptor: Descriptor?
        init(_ number: Int32) { descriptor = Descriptor(owning: number) }
    }

    /// Adopts everything; nil if this program is the first.
    init?(rowCount: Int) throws(Errno) {
        guard let text = getenv(Handover.variable), let left = Handover(String(cString: text))
        else { return nil }
        unsetenv(Handover.variable)
        self.rowCount = rowCount
        lifeLine = Lent(left.lifeLine)
        try lifeLine.descriptor?.setCloseOnExec(true)
        let file = Lent(left.scoreboard)
        try file.descriptor?.setCloseOnExec(true)
        // With another layout the same cells have other meanings.
        scoreboard = left.layout == CounterLayout.service.identity(rowCount: rowCount) ? file : nil
        children = left.children
        files = left.files
        var listeners: [BoundListener] = []
        for socket in left.sockets {
            let listener = try Listener(adopting: Descriptor(owning: socket.number))
            let address = socket.name.flatMap { ListenAddress($0) }
            listeners.append(BoundListener(address: address, listener: listener))
        }
        self.listeners = listeners
    }

    mutating func takeScoreboard() throws(Errno) -> Scoreboard? {
        guard let file = scoreboard?.descriptor.take() else { return nil }
        scoreboard = nil
        return try Scoreboard(
            adopting: file, rowCount: rowCount, cellCount: CounterLayout.service.cellCount,
            sharedCellCount: CounterLayout.sharedCellCount)
    }

    /// Executes `program` and hands everything over to it; returns only with an error.
    static func leave(
        to program: Program, _ lifeLine: LifeLine, _ scoreboard: Scoreboard,
        children: [Handover.Child], serving: Generation
    ) -> Errno {
        let listeners = serving.listeners.all

        func keep(_ isKept: Bool) throws(Errno) -> Int32 {
            try scoreboard.file.setCloseOnExec(!isKept)
            for bound in listeners { try bound.listener.setCloseOnExec(!isKept) }
            return try lifeLine.setSurvivesExec(isKept)
        }
        do {
            let handover = Handover(
                lifeLine: try keep(true), scoreboard: scoreboard.file.rawValue,
                layout: CounterLayout.service.identity(rowCount: scoreboard.rowCount),
                files: serving.storage.identity, children: children,
                sockets: listeners.map {
                    Handover.Socket(
                        number: $0.listener.number, name: $0.address?.description)
                })
            var program = program
            program.environment.append("\(Handover.variable)=\(handover.text)")
            try program.execute()
            return .invalidArgument
        } catch {
            _ = try? keep(false)
            return error
        }
    }
}
