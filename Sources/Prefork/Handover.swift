import Glibc

/// What a program leaves to the one that takes its place in the same process: descriptors and
/// children.
///
/// It travels in an environment variable, a line for each thing.
package struct Handover: Equatable, Sendable {
    package static let variable = "CORDWOOD_HANDOVER"

    /// A listening socket, and the address that the configuration calls it by; nil: it was
    /// inherited from whoever started the first program.
    package struct Socket: Equatable, Sendable {
        package var number: Int32
        package var name: String?

        package init(number: Int32, name: String?) {
            self.number = number
            self.name = name
        }
    }

    /// A child that lives, and its row in the scoreboard.
    package struct Child: Equatable, Sendable {
        package var process: pid_t
        package var row: Int

        package init(process: pid_t, row: Int) {
            self.process = process
            self.row = row
        }
    }

    /// The end of the children's pipe that only the master may hold.
    package var lifeLine: Int32
    /// The scoreboard's file, and what its layout is called.
    package var scoreboard: Int32
    package var layout: String
    package var children: [Child]
    package var sockets: [Socket]

    package init(
        lifeLine: Int32, scoreboard: Int32, layout: String, children: [Child], sockets: [Socket]
    ) {
        self.lifeLine = lifeLine
        self.scoreboard = scoreboard
        self.layout = layout
        self.children = children
        self.sockets = sockets
    }

    /// Reads what `text` of the variable says; nil if it is not for this process.
    package init?(_ text: String, process: pid_t = getpid()) {
        var numbers: [String: Int32] = [:]
        var layout = ""
        var sockets: [Socket] = []
        var children: [Child] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard words.count >= 2 else { return nil }
            if words[0] == "layout" {
                layout = words.dropFirst().joined(separator: " ")
                continue
            }
            guard let number = Int32(words[1]) else { return nil }
            switch words[0] {
            case "socket":
                sockets.append(Socket(number: number, name: words.count > 2 ? words[2] : nil))
            case "child":
                guard words.count > 2, let row = Int(words[2]) else { return nil }
                children.append(Child(process: number, row: row))
            default: numbers[words[0]] = number
            }
        }
        guard numbers["process"] == process, let lifeLine = numbers["lifeline"],
            let scoreboard = numbers["scoreboard"]
        else { return nil }
        self.init(
            lifeLine: lifeLine, scoreboard: scoreboard, layout: layout,
            children: children, sockets: sockets)
    }

    /// The variable's text.
    package var text: String {
        var lines = [
            "process \(getpid())", "lifeline \(lifeLine)", "scoreboard \(scoreboard)",
            "layout \(layout)",
        ]
        lines += children.map { "child \($0.process) \($0.row)" }
        lines += sockets.map { "socket \($0.number)" + ($0.name.map { " " + $0 } ?? "") }
        return lines.joined(separator: "\n")
    }
}
