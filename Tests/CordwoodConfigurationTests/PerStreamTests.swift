// SPDX-License-Identifier: Apache-2.0

import Foundation
import RotatingFile
import Streams
import Testing

@testable import CordwoodConfiguration

@Suite struct PerStreamTests {
    private static let yaml = """
        rotation: {when: M, interval: 15, backup_count: 7, max_age: 3d, aligned: false}
        ack: fsync
        per_stream:
          audit:
            rotation: {backup_count: 0}
          "access-*":
            ack: write
            format: raw
            rotation: {when: D}
            rotation.max_bytes: 1GiB
          "*-debug": {rotation.max_age: 1h, rotation.max_total_bytes: 1MiB}
          plain:
        """

    private func settings(
        _ stream: String, _ flags: [String: [String]] = [:]
    ) throws -> StreamPlan {
        try load(Self.yaml, [:], flags).effective.configuration.plans.plan(of: stream)
    }

    @Test func `a setting that a stream leaves out is that of all streams`() throws {
        let common = try load(Self.yaml).effective.configuration.plans.common
        #expect(try settings("app") == common)
        #expect(try settings("plain") == common)
        var audit = common
        audit.retention.backupCount = 0
        audit.hasOwnRetention = true
        #expect(try settings("audit") == audit)
    }

    @Test func `the first pattern that matches counts`() throws {
        let access = try settings("access-debug")
        #expect(access.format == .raw && !access.isDurable)
        #expect(access.rotation.maximumByteCount == 1 << 30)
        #expect(access.retention.maximumAgeSeconds == 259_200)
        let debug = try settings("x-debug")
        #expect(debug.format == .json && debug.isDurable)
        #expect(debug.retention.maximumAgeSeconds == 3600)
        #expect(debug.retention.maximumTotalByteCount == 1 << 20)
    }

    /// Every fifteen minutes for all does not make it every fifteen days for one.
    @Test func `another unit has an interval of its own`() throws {
        let access = try settings("access-1").rotation
        #expect(access.when == RotationSchedule.When("D") && access.interval == 1)
        #expect(!access.isAligned)
        #expect(try settings("x-debug").rotation.interval == 15)
    }

    @Test func `a setting of a stream takes precedence over a flag for all`() throws {
        let flags = ["backup-count": ["3"]]
        #expect(try settings("audit", flags).retention.backupCount == 0)
        #expect(try settings("app", flags).retention.backupCount == 3)
    }

    /// Of all streams seven files of three days are kept.
    @Test(
        arguments: [
            ("{max_age: 1h}", 0, 3600, nil), ("{max_total_bytes: 1MiB}", 0, nil, 1 << 20),
            ("{backup_count: 2}", 2, nil, nil), ("{backup_count: 2, max_age: 1h}", 2, 3600, nil),
            ("{max_age: 0, backup_count: 2}", 2, nil, nil), ("{when: H}", 7, 259_200, nil),
            ("{backup_count: 0}", 0, 259_200, nil), ("{max_age: 0}", 7, nil, nil),
            ("{backup_count: 0, max_age: 0}", 0, nil, nil), ("{}", 7, 259_200, nil),
        ] as [(String, Int, Int64?, Int64?)])
    func `a limit of a stream's own is the only one`(
        rule: String, count: Int, age: Int64?, bytes: Int64?
    ) throws {
        let yaml =
            "rotation: {backup_count: 7, max_age: 3d}\nper_stream: {a: {rotation: \(rule)}}\n"
        let retention = try load(yaml).effective.configuration.plans.plan(of: "a").retention
        #expect(retention.backupCount == count && retention.maximumAgeSeconds == age)
        #expect(retention.maximumTotalByteCount == bytes)
    }

    /// The age is the only limit of all streams, so that the default number does not count.
    @Test func `a rule that removes the only limit keeps everything`() throws {
        let yaml = "rotation: {max_age: 3d}\nper_stream: {a: {rotation: {max_age: 0}}}\n"
        let retention = try load(yaml).effective.configuration.plans.plan(of: "a").retention
        #expect(retention.backupCount == 0 && retention.maximumAgeSeconds == nil)
    }

    @Test(arguments: [
        ("app.log", "*"), ("app.rejected.log", "*"), ("x.log", "x"), ("x.rejected.log", "x"),
        ("x.log.log", "*"), ("x", nil), ("x.state", nil), ("rejected.log", "*"),
    ])
    func `a file is kept as its stream is`(file: String, pattern: String?) throws {
        let configuration = try load(#"per_stream: {x: {}, "*": {}}"#).effective.configuration
        #expect(configuration.plans.rule(ofFile: file)?.pattern.description == pattern)
    }

    @Test func `the printed rules mean the same`() throws {
        let first = try load(Self.yaml).effective
        let printed = first.yaml()
        let second = try load(printed).effective
        #expect(second.configuration == first.configuration)
        #expect(
            printed.contains("\n  \"access-*\":"), "a star at the start would be an alias of YAML")
        let audit = printed.components(separatedBy: "\n  audit:")[1]
            .components(separatedBy: "\n  \"access-*\":")[0]
        #expect(audit.contains("rotation.backup_count: 0") && !audit.contains("ack:"))
        #expect(printed.contains("  plain: {}"))
        let sources = printed.split(separator: "\n").filter { $0.contains("yaml:") }
        #expect(sources.count == 17)
    }

    /// A pattern may look like a key of another.
    @Test func `a source belongs to one rule`() throws {
        let text = try load("per_stream: {a: {}, a.format: {format: raw}}").effective.yaml()
        #expect(text.contains("  a: {}"))
    }

    @Test func `every setting that may differ is in the reference`() {
        let page = ConfigurationReference.page()
        #expect(PerStream.settings.count == 10)
        for setting in PerStream.settings {
            #expect(page.contains("| `\(PerStream.key(of: setting))` | `\(setting.key)` |"))
        }
    }

    @Test(arguments: [
        (
            "Audit: {}",
            #"FILE:2: a key of per_stream is "Audit", but must be 1 to 64 of a-z, 0-9, '.', '_' and '-', the first a letter or digit, no '..'."#
        ),
        (
            "app.rejected: {}",
            #"FILE:2: a key of per_stream is "app.rejected", but must be 1 to 64 of a-z, 0-9, '.', '_' and '-', the first a letter or digit, no '..'."#
        ),
        (
            #""A*": {}"#,
            #"FILE:2: a key of per_stream is "A*", but must be names of streams in which * stands for any text."#
        ),
        ("[1]: {}", #"FILE:2: there is no setting "per_stream.?"."#),
        (
            "a: raw",
            "FILE:2: per_stream.a is a section and must hold settings, but holds a single value."
        ),
        (
            "a: {rotation: H}",
            "FILE:2: per_stream.a.rotation is a section and must hold settings, but holds a single"
                + " value."
        ),
        (
            "a: {rotation: {wen: H}}",
            #"FILE:2: there is no setting "per_stream.a.rotation.wen"; did you mean rotation.when?"#
        ),
        (
            "a: {formt: raw}",
            #"FILE:2: there is no setting "per_stream.a.formt"; did you mean format?"#
        ),
        ("a: {directory: x}", #"FILE:2: there is no setting "per_stream.a.directory"."#),
        (
            "a: {rotation: {utc: true}}",
            "FILE:2: per_stream.a.rotation.utc: all streams have one zone; set rotation.utc for"
                + " all."
        ),
        ("a: {ack: maybe}", #"FILE:2: per_stream.a.ack is "maybe", but must be write or fsync."#),
        ("a: {ack: [write]}", "FILE:2: per_stream.a.ack is a list, but must be write or fsync."),
        ("a: {ack: }", "FILE:2: per_stream.a.ack is empty, but must be write or fsync."),
        (
            "a: {rotation: {when: H}, rotation.when: D}",
            "FILE:2: per_stream.a.rotation.when is set twice, first at FILE:2."
        ),
        ("a: {}\n  a: {}", "FILE:3: per_stream.a is set twice, first at FILE:2."),
        (
            "a:\n    rotation: {when: H}\n    rotation.at_time: 10:00",
            "FILE:4: per_stream.a: a time of day has no meaning with H: use MIDNIGHT or W0 to W6"
                + " with it, or leave it out."
        ),
        (
            #""b*": {}"# + "\n  bb: {}",
            "FILE:3: per_stream.bb never counts: b* above it matches all that it does."
        ),
        (
            #""b*": {}"# + "\n" + #"  "b*c*": {}"#,
            "FILE:3: per_stream.b*c* never counts: b* above it matches all that it does."
        ),
    ])
    func `a mistake is a sentence with its line`(entries: String, sentence: String) throws {
        #expect(try mistakes("per_stream:\n  \(entries)") == [sentence])
    }

    @Test func `a contradiction to the settings of all streams is a mistake too`() throws {
        #expect(
            try mistakes("streams: {allow: [app, web-*]}\nper_stream: {shop: {}, web-1: {}}") == [
                "FILE:2: per_stream.shop: streams.allow does not allow a stream of this name."
            ])
        #expect(
            try mistakes("per_stream: []") == [
                "FILE:1: per_stream is a section and must hold settings, but holds a list."
            ])
        #expect(
            try mistakes(nil, ["CORDWOOD_PER_STREAM_APP_ACK": "fsync"]) == [
                "CORDWOOD_PER_STREAM_APP_ACK: no setting has this environment variable."
            ])
    }
}
