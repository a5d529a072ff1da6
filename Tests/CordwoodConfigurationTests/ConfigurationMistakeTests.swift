// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing

@testable import CordwoodConfiguration

@Suite struct ConfigurationMistakeTests {
    @Test(arguments: [
        (
            "rotation:\n  backupCount: 3",
            #"FILE:2: there is no setting "rotation.backupCount"; did you mean rotation.backup_count?"#
        ),
        (
            "backup-count: 3",
            #"FILE:1: there is no setting "backup-count"; did you mean rotation.backup_count?"#
        ),
        ("\nrotatoin: {}", #"FILE:2: there is no setting "rotatoin"; did you mean rotation?"#),
        ("zebra: 3", #"FILE:1: there is no setting "zebra"."#),
        (#""a\nb": 3"#, #"FILE:1: there is no setting "a\nb"."#),
        ("rotation: {[1]: 2}", #"FILE:1: there is no setting "rotation.?"."#),
        (
            "rotation: H",
            "FILE:1: rotation is a section and must hold settings, but holds a single value."
        ),
        (
            "rotation: [H]",
            "FILE:1: rotation is a section and must hold settings, but holds a list."
        ),
        (
            "workers: [1]",
            "FILE:1: workers is a list, but must be a whole number from 1 to 512, or auto for"
                + " one per processor."
        ),
        ("ack: {a: 1}", "FILE:1: ack is a mapping, but must be write or fsync."),
        ("ack:", "FILE:1: ack is empty, but must be write or fsync."),
        ("ack: ~", "FILE:1: ack is empty, but must be write or fsync."),
        ("ack: ''", #"FILE:1: ack is "", but must be write or fsync."#),
        (
            "streams:\n  allow: [a, [b]]",
            "FILE:2: streams.allow is a list of something else than single values, but must be a"
                + " list of one or more, each only once: names of streams in which * stands for"
                + " any text."
        ),
        (
            "rotation.when: H\nrotation: {when: D}",
            "FILE:2: rotation.when is set twice, first at FILE:1."
        ),
        (
            "workers: 1\nworkers: 2",
            "FILE:2: workers is set twice, first at FILE:1."
        ),
        ("a: 1\nb: [1,\n", "FILE:3: this is not YAML: did not find expected node content."),
        ("a: *b", "FILE:1: this is not YAML: an alias (*name) has no place in it."),
        ("a: b: c", "FILE:1: this is not YAML: mapping values are not allowed in this context."),
        ("- a", "FILE:1: this is not YAML: it must be a mapping of settings."),
        ("a", "FILE:1: this is not YAML: it must be a mapping of settings."),
        (
            "workers: 1\n---\nworkers: 2",
            "FILE:2: this is not YAML: it must be one document, and here begins another."
        ),
    ])
    func `a mistake in the file is a sentence with its line`(
        yaml: String, sentence: String
    ) throws {
        #expect(try mistakes(yaml) == [sentence])
    }

    @Test func `all mistakes are collected, in the order in which one reads them`() throws {
        let found = try mistakes(
            "workers: none\nstream: {}\nack: maybe",
            ["CORDWOOD_WORKER": "2", "CORDWOOD_ACK": "no"],
            ["interval": ["0"]])
        #expect(
            found.map { $0.prefix { $0 != " " } } == [
                "FILE:1:", "FILE:2:", "FILE:3:", "CORDWOOD_WORKER:", "CORDWOOD_ACK:", "--interval:",
            ])
    }

    @Test func `an unknown variable is reported with the likely setting`() throws {
        #expect(
            try mistakes(nil, ["CORDWOOD_BACKUP_COUNT": "1", "CORDWOODX": "1"]) == [
                "CORDWOOD_BACKUP_COUNT: no setting has this environment variable; did you mean"
                    + " CORDWOOD_ROTATION_BACKUP_COUNT?"
            ])
    }

    @Test func `a value that another one overrides must still be valid`() throws {
        #expect(
            try mistakes("ack: maybe", [:], ["ack": ["write"]]) == [
                #"FILE:1: ack is "maybe", but must be write or fsync."#
            ])
    }

    @Test func `an unreadable file is named`() throws {
        let absent = ConfigurationInputs(file: "/nowhere/a.yaml", environment: [:])
        let sentence = "the configuration file cannot be read"
        #expect(sentences(absent) == ["/nowhere/a.yaml: \(sentence): No such file or directory."])
        let directory = ConfigurationInputs(file: "/tmp", environment: [:])
        #expect(sentences(directory) == ["/tmp: \(sentence): Is a directory."])
        try withFile(bytes: Array("ack: ".utf8) + [0xFF]) { path in
            let inputs = ConfigurationInputs(file: path, environment: [:])
            #expect(sentences(inputs) == ["\(path): \(sentence): it is not UTF-8."])
        }
        try withFile(String(repeating: "#", count: TextFile.maxBytes + 1)) { path in
            let inputs = ConfigurationInputs(file: path, environment: [:])
            #expect(sentences(inputs) == ["\(path): \(sentence): it is longer than 1MiB."])
        }
    }

    @Test(arguments: [
        (
            "cors: {allow_origins: ['https://a.example', '*']}", [:],
            "FILE:1: cors.allow_origins has * and others beside it: * is every origin, so name it"
                + " alone or leave it out."
        ),
        (
            "rotation: {when: H, at_time: 10:00}", [:],
            "FILE:1: rotation.at_time: a time of day has no meaning with H: use MIDNIGHT or W0 to"
                + " W6 with it, or leave it out."
        ),
        (
            "rotation: {utc: true, timezone: Europe/Berlin}", [:],
            "FILE:1: rotation.timezone is Europe/Berlin, but rotation.utc is true: only one can"
                + " count."
        ),
        (
            "streams: {allow: [web]}", [:],
            "FILE:1: streams.default is app, which streams.allow does not allow."
        ),
        (
            "streams: {allow: ['w*']}", ["CORDWOOD_STREAMS_DEFAULT": "x"],
            "CORDWOOD_STREAMS_DEFAULT: streams.default is x, which streams.allow does not allow."
        ),
        (
            "limits: {decoded_bytes: 1KiB}", [:],
            "FILE:1: limits.record_bytes is larger than limits.decoded_bytes: no record could be"
                + " so long."
        ),
        (
            "limits: {body_bytes: 1GiB}", [:],
            "FILE:1: limits.buffered_bytes is smaller than limits.body_bytes: no body could be so"
                + " large."
        ),
    ])
    func `values that contradict each other are a mistake of the one that was set`(
        yaml: String, environment: [String: String], sentence: String
    ) throws {
        #expect(try mistakes(yaml, environment) == [sentence])
    }

    @Test func `a path that is too long for a Unix socket is rejected with the limit`() throws {
        let found = try mistakes("listen: unix:/" + String(repeating: "x", count: 107))
        #expect(found.count == 1 && found[0].contains("path has at most 107 bytes"))
    }

    @Test func `a long value is shown in part`() throws {
        let found = try mistakes("ack: " + String(repeating: "x", count: 5000))
        #expect(found.count == 1)
        #expect(found.allSatisfy { $0.count < 250 && $0.contains("xxx…\"") })
    }
}
