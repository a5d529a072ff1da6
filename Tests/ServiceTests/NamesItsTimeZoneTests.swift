// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The zone whose clock names the files: named at the start, and a mistake if it is none.
struct NamesItsTimeZoneTests {
    @Test(arguments: ["Asia/Beijing", ":Asia/Beijing", "Mars", "/etc/passwd", "/nowhere"])
    func `a TZ that names no zone is exit status 78`(zone: String) throws {
        try Scratch.with { scratch in
            for command in [
                ["serve", "--listen", "127.0.0.1:0", "--directory", scratch.path], ["check"],
            ] {
                let result = try ChildProcess(
                    program: "/usr/bin/timeout", arguments: ["10", Program.cordwood] + command,
                    environment: ["TZ": zone]
                ).run()
                #expect(result.status == 78)
                #expect(result.errors.contains("TZ is '\(zone)'"))
            }
            // With a zone of its own the service does not look at it.
            let chosen = try Binary.run(["check", "--timezone", "UTC"], environment: ["TZ": zone])
            #expect(chosen.status == 0)
        }
    }

    @Test(arguments: [
        (["TZ": "Europe/Berlin"], "Europe/Berlin"), (["TZ": ":Europe/Berlin"], "Europe/Berlin"),
        (["TZ": ""], "UTC"), (["TZ": "CET-1CEST,M3.5.0,M10.5.0/3"], "CET-1CEST,M3.5.0,M10.5.0/3"),
        (["TZ": "/usr/share/zoneinfo/Asia/Tokyo"], "Asia/Tokyo"),
        (["TZ": "Asia/Tokyo", "CORDWOOD_ROTATION_TIMEZONE": "Europe/Paris"], "Europe/Paris"),
        (["TZ": "Asia/Tokyo", "CORDWOOD_ROTATION_UTC": "true"], "UTC"),
    ])
    func `check and the first line of the log name the zone`(
        environment: [String: String], name: String
    ) throws {
        let checked = try Binary.run(["check"], environment: environment)
        #expect(checked.status == 0)
        let line = "# Files are rotated by the clock of the time zone \(name).\n"
        #expect(checked.output.hasPrefix(line))
        try RunningService.run(environment: environment) { service in
            #expect(service.times(.timeZone, with: "time zone \(name)") == 1)
            let first = service.said.split(separator: "\n").first
            #expect(first == service.lines(about: .timeZone).first)
        }
    }
}
