// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The text format of Prometheus (version 0.0.4), read strictly.
struct Metrics {
    struct Mistake: Error, CustomStringConvertible {
        let description: String
    }

    /// Samples by series, labels included as written.
    private(set) var samples: [String: Double] = [:]
    /// Types by the name of the family.
    private(set) var types: [String: String] = [:]
    private var helps: Set<String> = []
    private var family = ""
    private var finished: Set<String> = []

    init(_ text: String) throws {
        guard text.hasSuffix("\n") else { throw Mistake(description: "the last line has no end") }
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("#") { try readComment(line) } else { try readSample(line) }
        }
        for (name, type) in types where type == "histogram" { try checkHistogram(name) }
    }

    /// The sum of all series of a name.
    func total(_ name: String) -> Double {
        samples.filter { $0.key == name || $0.key.hasPrefix(name + "{") }
            .reduce(0) { $0 + $1.value }
    }

    private mutating func readComment(_ line: Substring) throws {
        let words = line.split(separator: " ", maxSplits: 3)
        guard words.count == 4, words[0] == "#" else {
            throw Mistake(description: "no comment: \(line)")
        }
        let name = String(words[2])
        try begin(name)
        switch words[1] {
        case "HELP":
            guard helps.insert(name).inserted else {
                throw Mistake(description: "second help of \(name)")
            }
        case "TYPE":
            let kinds = ["counter", "gauge", "histogram", "summary", "untyped"]
            guard kinds.contains(String(words[3])), types[name] == nil else {
                throw Mistake(description: "wrong or second type: \(line)")
            }
            types[name] = String(words[3])
        default: throw Mistake(description: "neither help nor type: \(line)")
        }
    }

    /// All lines of a family stand together.
    private mutating func begin(_ name: String) throws {
        if name == family { return }
        finished.insert(family)
        guard !finished.contains(name) else {
            throw Mistake(description: "\(name) is in two places")
        }
        family = name
    }

    private mutating func readSample(_ line: Substring) throws {
        let label = #"[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\["\\n])*""#
        let pattern = #"^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{\#(label)(,\#(label))*\})? (\S+)$"#
        let text = String(line)
        guard text.range(of: pattern, options: .regularExpression) != nil,
            let space = text.lastIndex(of: " "),
            let value = Double(text[text.index(after: space)...])
        else { throw Mistake(description: "no sample: \(text)") }
        let series = String(text[..<space])
        let name = String(series.prefix { $0 != "{" })
        guard types[family] != nil, helps.contains(family), belongs(name) else {
            throw Mistake(description: "\(name) has no help or no type")
        }
        guard samples.updateValue(value, forKey: series) == nil else {
            throw Mistake(description: "\(series) is there twice")
        }
        if types[family] == "counter", !name.hasSuffix("_total") {
            throw Mistake(description: "the counter \(name) does not end in _total")
        }
    }

    private func belongs(_ name: String) -> Bool {
        name == family
            || types[family] == "histogram"
                && ["_bucket", "_sum", "_count"].contains { name == family + $0 }
    }

    private func checkHistogram(_ name: String) throws {
        let buckets = samples.compactMap { series, count -> (Double, Double)? in
            guard series.hasPrefix("\(name)_bucket{le=\"") else { return nil }
            return (Double(series.dropFirst(name.count + 12).dropLast(2)) ?? .nan, count)
        }.sorted { $0.0 < $1.0 }
        let counts = buckets.map(\.1)
        guard counts == counts.sorted(), buckets.last?.0 == .infinity,
            counts.last == samples[name + "_count"], samples[name + "_sum"] != nil
        else { throw Mistake(description: "\(name) is no histogram: \(buckets)") }
    }
}
