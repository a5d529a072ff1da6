// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// `cordwood schedule`, as an operator runs it.
struct PrintsTheComingRolloversTests {
    @Test
    func `a line of JSON is a rollover, its local time and the suffix that it closes`() throws {
        let result = try schedule(
            "--when midnight --at 02:30 --timezone Europe/Berlin --count 2 --json "
                + "--from 2026-10-24T00:00:00+02:00")
        #expect(result.status == 0)
        #expect(
            result.output == """
                {"rollover": 1792801800, "local": "2026-10-24T02:30:00+02:00", \
                "rotated": "2026-10-23"}
                {"rollover": 1792888200, "local": "2026-10-25T02:30:00+02:00", \
                "rotated": "2026-10-24"}

                """)
    }

    @Test
    func `the repeated hour is shown with the names that its files will have`() throws {
        let result = try schedule(
            "--when H --timezone America/New_York --count 3 --from 2026-11-01T00:30:00-04:00")
        #expect(
            result.output == """
                2026-11-01T01:00:00-04:00  closes  app.log.2026-11-01_00
                2026-11-01T01:00:00-05:00  closes  app.log.2026-11-01_01
                2026-11-01T02:00:00-05:00  closes  app.log.2026-11-01_01.1

                """)
    }

    @Test(arguments: [
        ("1792796400", "1792796400"), ("2026-10-23T19:00:00.999-04:00", "1792796400"),
        ("2026-10-24t04:30:00+05:30", "1792796400"), ("2026-10-23T22:59:60z", "1792796400"),
    ])
    func `an instant is epoch seconds or RFC 3339`(from: String, expected: String) throws {
        let result = try schedule("--when S --utc --no-aligned --count 1 --json --from \(from)")
        let next = (Int64(expected) ?? 0) + 1
        #expect(result.output.hasPrefix(#"{"rollover": \#(next), "local": "2026-10-23T23:00:01Z""#))
    }

    @Test(arguments: [
        ("--when X", "S, M, H, D, MIDNIGHT or W0 to W6"),
        ("--when D --at 03:00", "use MIDNIGHT or W0 to W6 with it"),
        ("--when MIDNIGHT --at 24:00", "from 00:00 to 23:59:59"),
        ("--when H --interval 0", "at least 1"),
        ("--when H --count 0", "from 1 to"),
        ("--when H --utc --timezone Europe/Berlin", "exclude each other"),
        ("--when H --timezone Europe/Nowhere", "'Europe/Nowhere' is not a time zone"),
        ("--when H --timezone ../zoneinfo/Europe/Berlin", "is not a time zone"),
        ("--when H --timezone Europe", "is not a time zone"),
        ("--when H --timezone tzdata.zi", "is not a time zone"),
        ("--when H --from yesterday", "RFC 3339"),
        ("--when H --from 2026-10-24T00:00:00", "RFC 3339"),
        ("--when H --from 2026-02-30T00:00:00Z", "RFC 3339"),
    ])
    func `a mistake is a sentence and exit status 64`(arguments: String, part: String) throws {
        let result = try schedule(arguments)
        #expect(result.status == 64)
        #expect(result.output.contains(part))
    }

    private func schedule(_ arguments: String) throws -> (status: Int32, output: String) {
        let result = try Binary.run(
            ["schedule"] + arguments.split(separator: " ").map(String.init))
        return (result.status, result.output + result.errors)
    }
}
