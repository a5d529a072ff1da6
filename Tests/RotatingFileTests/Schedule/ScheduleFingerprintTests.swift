// SPDX-License-Identifier: Apache-2.0

import RotatingFile
import Testing

/// Two processes share a directory only if their schedules have the same fingerprint.
struct ScheduleFingerprintTests {
    @Test
    func `each setting changes the fingerprint`() throws {
        let questions = [
            "Europe/Berlin\tMIDNIGHT\t1\t-\t0\t1", "Europe/Berlin\tMIDNIGHT\t2\t-\t0\t1",
            "Europe/Berlin\tMIDNIGHT\t1\t03:00\t0\t1", "Europe/Berlin\tMIDNIGHT\t1\t-\t1\t1",
            "Europe/Berlin\tMIDNIGHT\t1\t-\t0\t0", "Europe/Berlin\tD\t1\t-\t0\t1",
            "Europe/Paris\tMIDNIGHT\t1\t-\t0\t1", "Europe/Berlin\tW0\t1\t-\t0\t1",
        ]
        let answers = try fingerprints(of: questions)
        #expect(answers.count == questions.count)
        #expect(Set(answers).count == questions.count)
    }

    @Test
    func `ways to write the same zone have the same fingerprint`() throws {
        let names = ["Europe/Berlin", ":Europe/Berlin", "/usr/share/zoneinfo/Europe/Berlin"]
        #expect(Set(try fingerprints(of: names.map { "\($0)\tH\t1\t-\t0\t1" })).count == 1)
    }

    @Test
    func `the zone of the process does not matter in UTC`() throws {
        let zones = ["Europe/Berlin", "Asia/Tokyo"]
        #expect(Set(try fingerprints(of: zones.map { "\($0)\tH\t1\t-\t1\t1" })).count == 1)
    }

    @Test
    func `a fingerprint stays the same from release to release, since it is stored`() throws {
        let schedule = try RotationSchedule(when: .hours, zone: .utc)
        // FNV-1a of "H;1;;aligned;utc;".
        #expect(schedule.fingerprint == 3_834_926_310_031_867_123)
    }

    private func fingerprints(of questions: [String]) throws -> [String] {
        let input = questions.map { $0 + "\t0\t0\t0\n" }.joined()
        let result = try ChildProcess(
            program: ChildProcess.probe, arguments: ["fingerprint"], input: input
        ).run()
        return result.output.split(separator: "\n").map(String.init)
    }
}
