// SPDX-License-Identifier: Apache-2.0

import Bytes

/// A metric: a line of the `MetricTable`.
package struct Metric: Sendable {
    package enum Kind: String, Sendable { case counter, gauge, histogram }

    package let name: StaticString
    package let kind: Kind
    package let help: StaticString
    /// The names of its labels.
    package let labels: [StaticString]
    /// Whether its value is known; a metric without a value is left out.
    private var isKnown: @Sendable (Metrics) -> Bool = { _ in true }
    private let samples: @Sendable (Metrics, inout ByteBuffer) -> Void

    init(
        _ kind: Kind, _ name: StaticString, _ help: StaticString, labels: [StaticString] = [],
        _ samples: @escaping @Sendable (Metrics, inout ByteBuffer) -> Void
    ) {
        self.kind = kind
        self.name = name
        self.help = help
        self.labels = labels
        self.samples = samples
    }

    /// Appends the metric in the text format of Prometheus.
    func encode(_ metrics: Metrics, into out: inout ByteBuffer) {
        guard isKnown(metrics) else { return }
        out.append("# HELP ")
        out.append(name)
        out.append(" ")
        out.append(help)
        out.append("\n# TYPE ")
        out.append(name)
        out.append(" ")
        out.append(string: kind.rawValue)
        out.append("\n")
        samples(metrics, &out)
    }
}

// MARK: Counters

extension Metric {
    /// The sum of a cell over all processes.
    static func counter(
        _ name: StaticString, _ help: StaticString, _ cell: Cell
    ) -> Metric {
        Metric(.counter, name, help) { metrics, out in
            out.sample(name, metrics.scoreboard.total(cell))
        }
    }

    /// The sums of cells over all processes, each under a value of `label`.
    static func counter(
        _ name: StaticString, _ help: StaticString, by label: StaticString,
        _ cells: KeyValuePairs<StaticString, Cell>
    ) -> Metric {
        Metric(.counter, name, help, labels: [label]) { metrics, out in
            for (value, cell) in cells {
                out.sample(name, label, "\(value)", metrics.scoreboard.total(cell))
            }
        }
    }
}

// MARK: Gauges

extension Metric {
    /// A value of the whole service; nil: it is not known, and the metric is left out.
    static func gauge(
        _ name: StaticString, _ help: StaticString,
        _ value: @escaping @Sendable (Metrics) -> Int64?
    ) -> Metric {
        var metric = Metric(.gauge, name, help) { metrics, out in
            if let value = value(metrics) { out.sample(name, value) }
        }
        metric.isKnown = { value($0) != nil }
        return metric
    }

    /// A number in the master's row.
    static func gauge(
        _ name: StaticString, _ help: StaticString, ofMaster cell: Cell
    ) -> Metric {
        gauge(name, help) { $0.scoreboard[0, cell] }
    }

    /// The sum of a cell over the workers that live.
    static func gauge(
        _ name: StaticString, _ help: StaticString, ofWorkers cell: Cell
    ) -> Metric {
        gauge(name, help) { $0.scoreboard.gauge(cell) }
    }

    /// A number in the row of the sealer.
    static func gauge(
        _ name: StaticString, _ help: StaticString, ofSealer cell: Cell
    ) -> Metric {
        gauge(name, help) { $0.scoreboard[$0.scoreboard.sealerRow ?? 0, cell] }
    }
}

// MARK: Labels with many values

extension Metric {
    /// A value for each worker, under its number.
    static func perWorker(
        _ kind: Kind, _ name: StaticString, _ help: StaticString,
        _ value: @escaping @Sendable (Metrics, _ row: Int) -> Int64
    ) -> Metric {
        Metric(kind, name, help, labels: ["worker"]) { metrics, out in
            for row in metrics.scoreboard.rowsByNumber {
                let number = "\(metrics.scoreboard[row, .number])"
                out.sample(name, "worker", number, value(metrics, row))
            }
        }
    }

    /// A cell of each process, under the name of the process.
    static func perProcess(
        _ kind: Kind, _ name: StaticString, _ help: StaticString, _ cell: Cell
    ) -> Metric {
        Metric(kind, name, help, labels: ["process"]) { metrics, out in
            for (row, process) in metrics.processes {
                out.sample(name, "process", process, metrics.scoreboard[row, cell])
            }
        }
    }

    /// The sum of a cell over all processes for each stream, under its name.
    static func perStream(
        _ name: StaticString, _ help: StaticString, _ cell: StreamCell
    ) -> Metric {
        Metric(.counter, name, help, labels: ["stream"]) { metrics, out in
            for stream in metrics.streams {
                let sum = stream.places.reduce(0) {
                    $0 + metrics.scoreboard.total(cell.index(at: $1))
                }
                // Nothing in a stream's name has to be escaped.
                out.sample(name, "stream", stream.name, sum)
            }
        }
    }

    /// Leaves the metric out where `isKnown` is false.
    func onlyIf(_ isKnown: @escaping @Sendable (Metrics) -> Bool) -> Metric {
        var metric = self
        metric.isKnown = isKnown
        return metric
    }
}
