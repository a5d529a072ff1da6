// SPDX-License-Identifier: Apache-2.0

import RotatingFile
import Testing

@testable import CordwoodConfiguration

/// What the settings of retention mean together, and the sentence of it.
@Suite struct RetentionSettingsTests {
    struct Row: Sendable {
        var yaml = ""
        var environment: [String: String] = [:]
        var flags: [String: [String]] = [:]
        var count: Int
        var age: Int64?
        var bytes: Int64?
        var sentence: String
    }

    @Test(arguments: [
        Row(count: 14, sentence: "the last 14 files"),
        Row(
            yaml: "rotation: {max_age: 7d}", count: 0, age: 604_800,
            sentence: "the files of the last 7d"),
        Row(
            yaml: "rotation: {max_total_bytes: 1GiB}", count: 0, bytes: 1 << 30,
            sentence: "the last files of 1GiB together"),
        Row(
            environment: ["CORDWOOD_ROTATION_MAX_AGE": "1h"], count: 0, age: 3600,
            sentence: "the files of the last 1h"),
        Row(flags: ["max-age": ["1h"]], count: 0, age: 3600, sentence: "the files of the last 1h"),
        Row(
            yaml: "rotation: {backup_count: 14, max_age: 7d}", count: 14, age: 604_800,
            sentence: "the last 14 files, the files of the last 7d: whichever are fewer"),
        // Said in different places they count together all the same.
        Row(
            yaml: "rotation: {backup_count: 3}", flags: ["max-age": ["1h"]], count: 3, age: 3600,
            sentence: "the last 3 files, the files of the last 1h: whichever are fewer"),
        Row(
            yaml: "rotation: {max_age: 1h}", flags: ["max-age": ["0"]], count: 14,
            sentence: "the last 14 files"),
        // No limit is no limit that is given.
        Row(
            yaml: "rotation: {max_age: 0, max_total_bytes: 0}", count: 14,
            sentence: "the last 14 files"),
        Row(yaml: "rotation: {backup_count: 0}", count: 0, sentence: "all files"),
        Row(yaml: "rotation: {backup_count: 1}", count: 1, sentence: "the last file"),
    ])
    func `a limit that is given without the others is the only one`(row: Row) throws {
        let effective = try load(row.yaml, row.environment, row.flags).effective
        let retention = effective.configuration.plans.common.retention
        #expect(retention.backupCount == row.count)
        #expect(retention.maximumAgeSeconds == row.age)
        #expect(retention.maximumTotalByteCount == row.bytes)
        #expect(retention.sentence == row.sentence)
        let printed = effective.yaml()
        #expect(printed.contains("  # keeps, of each stream: \(row.sentence)\n"))
        // What is printed keeps the same.
        #expect(try load(printed).effective.configuration.plans.common.retention == retention)
    }

    @Test func `the retention of single streams is printed with them`() throws {
        let yaml = """
            per_stream:
              access: {rotation: {when: H, max_age: 30d}}
              audit: {rotation: {backup_count: 0}}
            """
        let printed = try load(yaml).effective.yaml()
        #expect(printed.contains("\n    # keeps: the files of the last 30d\n"))
        #expect(printed.contains("\n    # keeps: all files\n"))
    }
}
