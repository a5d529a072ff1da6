// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CordwoodConfiguration
import RotatingFile
import Streams

/// `cordwood schedule`: the next rollovers and names for any settings, without waiting for them.
struct ScheduleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schedule",
        abstract: "Print the times of rollovers, and the names of the rotated files.",
        discussion: """
            Without --when, it is the schedule of the service's configuration.
            """)

    @OptionGroup var service: ServiceFile

    @Option(help: "The stream whose schedule in the configuration is shown.")
    var stream: String?

    @Option(
        help: "S, M, H or D for seconds to days, MIDNIGHT, or W0 (Monday) to W6 (Sunday).",
        completion: .units,
        transform: Self.when)
    var when: RotationSchedule.When?

    @Option(help: "The number of these units between two rollovers.")
    var interval = 1

    @Option(
        help: ArgumentHelp(
            "The time of day for MIDNIGHT and W0 to W6.", valueName: "HH:MM[:SS]"),
        transform: Self.timeOfDay)
    var at: TimeOfDay?

    @Flag(help: "Count in UTC instead of local time.")
    var utc = false

    @Option(
        help: ArgumentHelp(
            "The time zone, such as Europe/Berlin; by default that of TZ or the host.",
            valueName: "Area/City"))
    var timezone: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Align rollovers to the wall clock, or place them as Python does.")
    var aligned = true

    @Option(
        help: ArgumentHelp(
            "The first instant, by default now: epoch seconds, or RFC 3339 with an offset.",
            valueName: "time"),
        transform: Instant.init(parsing:))
    var from = Instant.now

    @Option(help: "The number of rollovers to print.")
    var count = 10

    @Flag(help: "Print one JSON object a line.")
    var json = false

    func validate() throws {
        if utc, timezone != nil {
            throw ValidationError("--utc and --timezone exclude each other: give one of them.")
        }
        if let timezone, !ZoneDatabase.contains(timezone) {
            throw ValidationError("\(RotationScheduleError.unknownTimeZone(timezone)).")
        }
        guard 1...1_000_000 ~= count else {
            throw ValidationError("--count must be from 1 to 1000000.")
        }
        if let when {
            _ = try schedule(when)
        } else if interval != 1 || at != nil || utc || timezone != nil || !aligned {
            throw ValidationError("--when is missing, which these options belong to.")
        }
    }

    func run() throws {
        if let when {
            if let timezone { try ZoneDatabase.use(timezone) }
            let listing = ScheduleListing(schedule: try schedule(when), base: "app.log")
            return listing.print(from: from.epochSeconds, count: count, asJSON: json)
        }
        let inputs = service.inputs()
        let configuration = try inputs.loadOrExit().configuration
        service.announce(inputs)
        if !configuration.timezone.isEmpty { try ZoneDatabase.use(configuration.timezone) }
        let name = stream ?? configuration.streams.defaultStream
        let schedule = try configuration.plans.plan(of: name).rotation.schedule()
        let listing = ScheduleListing(schedule: schedule, base: StreamFile(name).name)
        listing.print(from: from.epochSeconds, count: count, asJSON: json)
    }

    private func schedule(_ when: RotationSchedule.When) throws -> RotationSchedule {
        do {
            return try RotationSchedule(
                when: when, interval: interval, atTime: at, zone: utc ? .utc : .local,
                aligned: aligned)
        } catch {
            throw ValidationError("\(error).")
        }
    }

    private static func when(_ text: String) throws -> RotationSchedule.When {
        guard let when = RotationSchedule.When(text) else {
            throw ValidationError("use S, M, H, D, MIDNIGHT or W0 to W6.")
        }
        return when
    }

    private static func timeOfDay(_ text: String) throws -> TimeOfDay {
        guard let time = TimeOfDay(parsing: text) else {
            throw ValidationError("use HH:MM or HH:MM:SS, from 00:00 to 23:59:59.")
        }
        return time
    }
}
