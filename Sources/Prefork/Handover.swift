// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a program hands over to the next one in the same process: descriptors and children.
///
/// It is passed in an environment variable, with a line for each of them.
package struct Handover: Equatable, Sendable {
    package static let variable = "CORDWOOD_HANDOVER"

    /// A listening socket, and its address as the configuration writes it; nil if the first program
    /// inherited it.
    package struct Socket: Equatable, Sendable {
        package var number: Int32
        package var name: String?

        package init(number: Int32, name: String?) {
            self.number = number
            self.name = name
        }
    }

    /// A living child, and its row in the scoreboard.
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
    /// The scoreboard's file, and the identity of its layout.
    package var scoreboard: Int32
    package var layout: String
    /// The files that its children write, and how: two programs that differ in this cannot write at
    /// the same time.
    package var files: String
    package var children: [Child]
    package var sockets: [Socket]

    package init(
        lifeLine: Int32, scoreboard: Int32, layout: String, files: String = "",
        children: [Child], sockets: [Socket]
    ) {
        self.lifeLine = lifeLine
        self.scoreboard = scoreboard
        self.layout = layout
        self.files = files
        self.children = children
        self.sockets = sockets
    }

    /// Reads the text of the variable; nil if it is not for this process.
    package init?(_ text: String, process: pid_t = getpid()) {
        var numbers: [String: Int32] = [:]
        var texts: [String: String] = [:]
        var sockets: [Socket] = []
        var children: [Child] = []
        for line in text.split(separator: "\n") {
            if let space = line.firstIndex(of: " "), ["layout", "files"].contains(line[..<space]) {
                texts[String(line[..<space])] = String(line[line.index(after: space)...])
                continue
            }
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard words.count >= 2 else { return nil }
            // No descriptor or process is negative; kill(2) would signal a group.
            guard let number = Int32(words[1]), number >= 0 else { return nil }
            switch words[0] {
            case "socket":
                sockets.append(Socket(number: number, name: words.count > 2 ? words[2] : nil))
            case "child":
                guard words.count > 2, number > 0, let row = Int(words[2]) else { return nil }
                children.append(Child(process: number, row: row))
            default: numbers[words[0]] = number
            }
        }
        guard numbers["process"] == process, let lifeLine = numbers["lifeline"],
            let scoreboard = numbers["scoreboard"]
        else { return nil }
        self.init(
            lifeLine: lifeLine, scoreboard: scoreboard, layout: texts["layout"] ?? "",
            files: texts["files"] ?? "", children: children, sockets: sockets)
    }

    /// The variable's text.
    package var text: String {
        var lines = [
            "process \(getpid())", "lifeline \(lifeLine)", "scoreboard \(scoreboard)",
            "layout \(layout)", "files \(files)",
        ]
        lines += children.map { "child \($0.process) \($0.row)" }
        lines += sockets.map { "socket \($0.number)" + ($0.name.map { " " + $0 } ?? "") }
        return lines.joined(separator: "\n")
    }
}
