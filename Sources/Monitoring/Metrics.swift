// SPDX-License-Identifier: Apache-2.0

import Bytes
import OpenSSL
import Prefork

/// All metrics in the text format of Prometheus (version 0.0.4), and what their values come from.
package struct Metrics {
    let scoreboard: Scoreboard
    let layout: CounterLayout
    let version: String
    /// Nil where the system does not report it.
    let disk: DiskRoom?
    /// Those of the service.
    let certificates: [CertificateFacts]
    /// Seconds since 1970.
    let now: Int64

    package init(
        _ scoreboard: Scoreboard, _ layout: CounterLayout, version: String, disk: DiskRoom?,
        certificates: [CertificateFacts] = [], now: Int64
    ) {
        self.scoreboard = scoreboard
        self.layout = layout
        self.version = version
        self.disk = disk
        self.certificates = certificates
        self.now = now
    }

    package func encode(into out: inout ByteBuffer) {
        for metric in MetricTable.all { metric.encode(self, into: &out) }
    }

    // MARK: Values that are reported one by one

    /// The processes that have reported their usage: the master, the workers by their numbers, then
    /// the further roles in the order of the layout.
    var processes: [(row: Int, name: String)] {
        var processes = [(0, "master")]
        for row in scoreboard.rowsByNumber {
            processes.append((row, "\(RowRole.worker.name)-\(scoreboard[row, .number])"))
        }
        for role in layout.roles where role != .worker {
            for row in scoreboard.latestRows(of: role) {
                let number = scoreboard[row, .number]
                processes.append((row, number < 0 ? role.name : "\(role.name)-\(number)"))
            }
        }
        return processes.filter { scoreboard[$0.0, .beganAt] > 0 }
    }

    /// The streams that are counted by name, in the order of their names, and all others together.
    var streams: [(name: String, places: [Int])] {
        let named = StreamDirectory(scoreboard).placesByName.sorted { $0.key < $1.key }
        return named.map { ($0.key, $0.value) }
            + [(StreamDirectory.nameOfOthers, [StreamDirectory.others])]
    }

    /// The text as the value of a label; other values are literals of this program, or numbers.
    static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "\\", "\"": result += "\\\(character)"
            case "\n": result += "\\n"
            default: result.append(character)
            }
        }
    }
}

// MARK: Text

extension ByteBuffer {
    mutating func sample(_ name: StaticString, _ value: Int64) {
        append(name)
        append(" ")
        line(value)
    }

    mutating func sample(
        _ name: StaticString, _ label: StaticString, _ labelValue: String, _ value: Int64
    ) {
        series(name, label, labelValue)
        line(value)
    }

    mutating func series(_ name: StaticString, _ label: StaticString, _ labelValue: String) {
        append(name)
        append("{")
        append(label)
        append("=\"")
        append(string: labelValue)
        append("\"} ")
    }

    mutating func line(_ value: Int64) {
        append(decimal: Int(value))
        append("\n")
    }

    /// Nanoseconds as seconds, with nine decimals.
    mutating func append(seconds nanoseconds: Int64) {
        append(decimal: Int(nanoseconds / 1_000_000_000))
        append(".")
        var rest = nanoseconds % 1_000_000_000
        var unit: Int64 = 100_000_000
        while unit > 0 {
            append(UInt8(ascii: "0") + UInt8(rest / unit))
            rest %= unit
            unit /= 10
        }
    }
}
