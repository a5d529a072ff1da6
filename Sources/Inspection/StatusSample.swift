// SPDX-License-Identifier: Apache-2.0

/// The state of a service at one moment: the numbers of `/metrics` and the words of `/health`.
package struct StatusSample: Sendable, Equatable {
    /// Samples by series, labels included as written.
    private let values: [String: Double]
    let status: String
    let version: String
    let uptime: Double
    let directory: String
    let reasons: [String]
    let lastError: String?
    /// Seconds of a clock that only grows.
    let time: Double

    /// Returns nil if these are not the answers of a Cordwood.
    package init?(metrics: String, health: String, time: Double) {
        guard let health = JSONValue(health.utf8), let status = health["status"]?.string else {
            return nil
        }
        var values: [String: Double] = [:]
        for line in metrics.split(separator: "\n") where !line.hasPrefix("#") {
            guard let space = line.lastIndex(of: " "),
                let value = Double(line[line.index(after: space)...])
            else { return nil }
            values[String(line[..<space])] = value
        }
        self.values = values
        self.status = status
        self.time = time
        version = health["version"]?.string ?? ""
        uptime = health["uptime_seconds"]?.number ?? 0
        directory = health["disk"]?["directory"]?.string ?? ""
        reasons = health["reasons"]?.items.compactMap { $0["message"]?.string } ?? []
        lastError = [health["last_write_error"], health["sealing"]?["last_error"]]
            .compactMap { error -> (String, String)? in
                guard let at = error?["at"]?.string, let text = error?["error"]?.string else {
                    return nil
                }
                return (at, text)
            }
            .max { $0.0 < $1.0 }.map { "\($0.0) \($0.1)" }
    }

    /// The value of a series; 0 if there is none.
    subscript(series: String) -> Double { values[series] ?? 0 }

    /// The series of a family that has one label, by the label's value.
    func labelled(_ family: String, by label: String) -> [(label: String, value: Double)] {
        let prefix = "\(family){\(label)=\""
        return values.filter { $0.key.hasPrefix(prefix) && $0.key.hasSuffix("\"}") }
            .map { (String($0.key.dropFirst(prefix.count).dropLast(2)), $0.value) }
            .sorted { $0.label < $1.label }
    }

    /// The sum of all series of a family.
    func total(_ family: String) -> Double {
        values.reduce(0) { $0 + ($1.key.hasPrefix(family + "{") ? $1.value : 0) }
    }

    /// Counts of the buckets of a histogram, each with its upper bound, the last one infinite.
    func buckets(_ family: String) -> [(bound: Double, count: Double)] {
        labelled(family + "_bucket", by: "le")
            .map { ($0.label == "+Inf" ? .infinity : Double($0.label) ?? 0, $0.value) }
            .sorted { $0.bound < $1.bound }
    }
}
