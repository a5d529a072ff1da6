// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTP
import Protocols
import Testing

@testable import FuzzTargets

/// What this parser and Node's (llhttp) make of the same bytes.
///
/// Whatever both accept they must read alike, and what would hide a request in another one must be
/// refused here, whatever Node does with it.
@Suite(.enabled(if: NodeReader.program != nil, "needs node"))
struct DifferentialTests {
    /// What one side made of a connection: its whole requests, and whether it refused the rest.
    struct Reading: Equatable {
        var requests: [Request] = []
        var refusal: String?
        /// Whether Node left the rest unread behind a wish to upgrade, neither accepted nor refused.
        ///
        /// To go on is right: a server may ignore `Upgrade` (RFC 9110, 7.8).
        var endsInUpgrade = false

        struct Request: Equatable {
            var method: String?
            var target: [UInt8]
            var version: String
            var host: [UInt8]
            var authorization: [UInt8]
            var apiKey: [UInt8]
            var body: [UInt8]
        }

        /// As the table shows it: how many requests were read, and the name of the error.
        var text: String {
            let count = "\(requests.count)"
            guard let refusal else { return count }
            return requests.isEmpty ? refusal : "\(count), then \(refusal)"
        }
    }

    static func readHere(_ bytes: [UInt8]) throws -> Reading {
        var stream = RequestStream(limits: Limits())
        try stream.receive(bytes[...])
        var reading = Reading(refusal: stream.error.map { "\($0.code)" })
        for request in stream.requests {
            let head = request.head
            let octets = { (range: Range<Int>) in Array(request.headBytes[range]) }
            reading.requests.append(
                Reading.Request(
                    // The names of those that are known; of the others it does not matter.
                    method: head.method == .other ? nil : "\(head.method)".uppercased(),
                    target: octets(head.target), version: "1.\(head.minorVersion)",
                    host: octets(head.host), authorization: octets(head[.authorization]),
                    apiKey: octets(head[.xApiKey]), body: request.body))
        }
        return reading
    }

    /// Why the two readings cannot both stand; nil if they can.
    static func conflict(_ here: Reading, _ node: Reading) -> String? {
        for (ours, theirs) in zip(here.requests, node.requests) {
            if let method = ours.method, method != theirs.method { return "another method" }
            if ours.target != theirs.target { return "another target" }
            if ours.version != theirs.version { return "another version" }
            // An absolute-form has its own, which Node leaves to who reads the target.
            if ours.target.first == UInt8(ascii: "/"), ours.host != theirs.host {
                return "another host"
            }
            if ours.authorization != theirs.authorization { return "another authorization" }
            if ours.apiKey != theirs.apiKey { return "another key" }
            if ours.body != theirs.body { return "another body" }
        }
        if node.endsInUpgrade, here.requests.count > node.requests.count { return nil }
        // Who refuses has not accepted what is missing.
        if here.refusal == nil, node.refusal == nil, here.requests.count != node.requests.count {
            return "\(here.requests.count) requests here and \(node.requests.count) there"
        }
        if here.requests.count > node.requests.count, node.refusal == nil { return "more here" }
        if node.requests.count > here.requests.count, here.refusal == nil { return "more there" }
        return nil
    }

    /// Which side rejects what the other accepts; nil where they agree.
    static func stricter(_ here: Reading, _ node: Reading) -> String? {
        if node.endsInUpgrade, here.requests.count > node.requests.count {
            return "Node drops the rest"
        }
        return switch (here.refusal, node.refusal) {
        case (nil, nil), (_?, _?): nil
        case (_?, nil): "Cordwood"
        case (nil, _?): "Node"
        }
    }

    @Test func `messages that both accept are read alike, and smuggled ones are rejected`() throws {
        let node = try NodeReader.read(DifferentialCase.all.map(\.bytes))
        var rows: [String] = []
        for (aCase, theirs) in zip(DifferentialCase.all, node.readings) {
            let ours = try Self.readHere(aCase.bytes)
            let conflict = Self.conflict(ours, theirs)
            #expect(conflict == nil, "\(aCase.name): \(ours.text); Node: \(theirs.text)")
            if aCase.smuggles {
                #expect(ours.refusal != nil, "\(aCase.name) is not refused")
                #expect(ours.requests.isEmpty, "\(aCase.name): a request is read before")
            }
            let stricter = Self.stricter(ours, theirs).map { " \($0)" } ?? ""
            rows.append("| \(aCase.name) | \(theirs.text) | \(ours.text) |\(stricter) |")
        }
        try StrictnessPage.check(rows, of: node.version)
    }

    @Test func `mutations of the seeds are read alike`() throws {
        // What is refused already seldom gets better by a change.
        let seeds = try (StrictnessPage.seeds() + DifferentialCase.all.map(\.bytes)).filter {
            let reading = try Self.readHere($0)
            return reading.refusal == nil && !reading.requests.isEmpty
        }
        let wanted = ProcessInfo.processInfo.environment["CORDWOOD_DIFFERENTIAL_CASES"]
        var mutation = Mutation(state: 7)
        let inputs = (0..<(wanted.flatMap { Int($0) } ?? 3000)).map { _ in
            mutation.mutate(seeds, most: 1)
        }
        var counts: [String: Int] = [:]
        for (bytes, theirs) in zip(inputs, try NodeReader.read(inputs).readings) {
            let ours = try Self.readHere(bytes)
            counts[Self.stricter(ours, theirs) ?? "neither", default: 0] += 1
            if let conflict = Self.conflict(ours, theirs) {
                Issue.record(
                    "\(conflict): here \(ours.text), Node \(theirs.text): \(Data(bytes).base64EncodedString())"
                )
            }
        }
        print("\(inputs.count) mutations, stricter: \(counts.sorted { $0.key < $1.key })")
    }
}

/// `docs/HTTP-STRICTNESS.md`, whose table is that of the last run.
enum StrictnessPage {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    private static let page = root.appendingPathComponent("docs/HTTP-STRICTNESS.md")
    private static let heading = "| the bytes | Node | Cordwood | stricter |\n|---|---|---|---|"

    /// Connections that the fuzzers begin with, without the byte that chooses the limits.
    static func seeds() throws -> [[UInt8]] {
        let folder = root.appendingPathComponent("Fuzz/Corpus/requests")
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
            Array(try Data(contentsOf: folder.appendingPathComponent($0)).dropFirst())
        }
    }

    /// Compares the table with these rows, or writes them if that is asked for.
    ///
    /// Another Node has other refusals and other names for them: beside it the page's own column
    /// about Node stands, and only ours is compared.
    static func check(_ rows: [String], of version: String) throws {
        let text = try String(contentsOf: page, encoding: .utf8)
        let parts = text.components(separatedBy: "The table is of ")
        try #require(parts.count == 2, "the page has no table")
        if ProcessInfo.processInfo.environment["CORDWOOD_WRITE_STRICTNESS"] != nil {
            let table = ([heading] + rows).joined(separator: "\n")
            try Data("\(parts[0])The table is of \(version).\n\n\(table)\n".utf8).write(to: page)
            return
        }
        let isSameNode = parts[1].hasPrefix(version + ".\n")
        let written = parts[1].split(separator: "\n").map(String.init).dropFirst(3)
        for (old, new) in zip(written, rows) {
            if isSameNode {
                #expect(old == new, "run `make strictness`")
            } else {
                #expect(ours(old) == ours(new), "run `make strictness`")
            }
        }
        #expect(written.count == rows.count, "run `make strictness`")
    }

    /// The case and what is made of it here.
    private static func ours(_ row: String) -> [String] {
        let cells = row.components(separatedBy: " | ")
        return cells.count == 4 ? [cells[0], cells[2]] : []
    }
}
