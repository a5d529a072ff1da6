import CordwoodConfiguration
import Glibc
import HTTP
import Linux
import Monitoring
import Prefork
import SystemPackage

/// What the program before this one has left in this process: see `Handover`.
struct Inheritance {
    /// Open until its children are to go; then nobody holds their pipe.
    private let lifeLine: Lent
    private var scoreboard: Lent?
    let rowCount: Int
    /// `Storage.identity` of what its children write.
    let files: String
    let children: [Handover.Child]
    let doors: [Generation.Door]

    /// A descriptor with several who may close it.
    private final class Lent {
        var descriptor: Descriptor?
        init(_ number: Int32) { descriptor = Descriptor(owning: number) }
    }

    /// Takes over what there is; nil if this program is the first.
    init?(rowCount: Int) throws(Errno) {
        guard let text = getenv(Handover.variable), let left = Handover(String(cString: text))
        else { return nil }
        unsetenv(Handover.variable)
        self.rowCount = rowCount
        lifeLine = Lent(left.lifeLine)
        try lifeLine.descriptor?.setCloseOnExec(true)
        let file = Lent(left.scoreboard)
        try file.descriptor?.setCloseOnExec(true)
        // Numbers of another layout would mean something else.
        scoreboard = left.layout == CounterLayout.service.identity(rowCount: rowCount) ? file : nil
        children = left.children
        files = left.files
        var doors: [Generation.Door] = []
        for socket in left.sockets {
            let listener = try Listener(adopting: Descriptor(owning: socket.number))
            doors.append(
                Generation.Door(
                    endpoint: socket.name.flatMap { ListenAddress($0) }, listener: listener))
        }
        self.doors = doors
    }

    mutating func takeScoreboard() throws(Errno) -> Scoreboard? {
        guard let file = scoreboard?.descriptor.take() else { return nil }
        scoreboard = nil
        return try Scoreboard(
            adopting: file, rowCount: rowCount, cellCount: CounterLayout.service.cellCount,
            sharedCellCount: CounterLayout.sharedCellCount)
    }

    /// Becomes `program`, which is left everything; returns only with what is wrong.
    static func leave(
        to program: Program, _ lifeLine: LifeLine, _ scoreboard: Scoreboard,
        children: [Handover.Child], serving: Generation
    ) -> Errno {
        let doors = serving.doors

        func keep(_ isKept: Bool) throws(Errno) -> Int32 {
            try scoreboard.file.setCloseOnExec(!isKept)
            for door in doors { try door.listener.setCloseOnExec(!isKept) }
            return try lifeLine.setSurvivesExec(isKept)
        }
        do {
            let handover = Handover(
                lifeLine: try keep(true), scoreboard: scoreboard.file.rawValue,
                layout: CounterLayout.service.identity(rowCount: scoreboard.rowCount),
                files: serving.storage.identity, children: children,
                sockets: doors.map {
                    Handover.Socket(
                        number: $0.listener.number, name: $0.endpoint?.description)
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
