// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import CordwoodConfiguration
import Glibc
import Inspection
import Linux
import RotatingFile

/// `cordwood demo`: a service with made-up traffic, to look at.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Start a service with made-up traffic and a page to watch it.",
        discussion: """
            It listens on a free port of 127.0.0.1 and rotates its files each minute. A day of \
            traffic takes two minutes; some of it is malformed. At the end, after Ctrl-C, it \
            compares the acknowledged records with those in the files.

            Exit status: 0 all are there, 1 some are not or the service did not start.
            """)

    @Option(help: "Stop after this number of seconds; without it, at Ctrl-C.")
    var seconds: Int?

    @Option(
        help: ArgumentHelp(
            "Write here, where nothing may be yet, and keep the files; by default a temporary directory that is removed.",
            valueName: "path"),
        completion: .directory)
    var directory: String?

    func validate() throws {
        guard seconds ?? 1 > 0 else { throw ValidationError("--seconds must be at least 1.") }
    }

    func run() throws {
        if let directory, let names = try? Directory.names(in: directory), !names.isEmpty {
            throw ValidationError("\(directory) is not empty: give another --directory.")
        }
        // A reader that closes its pipe does not end this process before its service.
        signal(SIGPIPE, SIG_IGN)
        let place = try directory ?? temporaryDirectory()
        defer { if directory == nil { remove(place) } }
        let signals = try SignalQueue([SIGINT, SIGTERM, SIGHUP, SIGQUIT])
        do throws(DemoService.Failure) {
            let service = try DemoService.start(in: place)
            announce(service, place)
            let sent = send(to: service, until: signals)
            let hasEnded = service.hasEnded
            service.stop()
            try compare(sent, with: place)
            if hasEnded {
                throw DemoService.Failure(description: "the service has ended by itself")
            }
            if sent.accepted == 0 {
                throw DemoService.Failure(
                    description: "no record was accepted: is the disk of \(place) full?")
            }
        } catch {
            complain("\(error)")
            throw ExitCode.failure
        }
    }

    private func announce(_ service: DemoService, _ place: String) {
        print(
            """
            Watch it:      \(service.url)/ui, or cordwood status \(service.url)
            Send to it:    curl -d '{"msg":"hello"}' \(service.url)/logs
            Its files:     \(place)
            Stop it:       Ctrl-C
            """)
        // It is read at once, also through a pipe.
        fflush(nil)
    }

    /// Sends until a signal comes or the time is over; returns the counts of all answers.
    private func send(
        to service: DemoService, until signals: borrowing SignalQueue
    ) -> RecordSender.Result {
        var sum = RecordSender.Result()
        guard let sender = RecordSender(url: service.url) else { return sum }
        var traffic = DemoTraffic(seed: 1)
        let start = ContinuousClock.now
        while true {
            let elapsed = (ContinuousClock.now - start) / .seconds(1)
            if let seconds, elapsed >= Double(seconds) { return sum }
            if ((try? signals.next()) ?? nil) != nil || service.hasEnded { return sum }
            let request = traffic.next(at: Clock.epochNanoseconds() / 1_000_000)
            if let result = sender.send(request.body, as: request.contentType, to: request.path) {
                sum.accepted += result.accepted
                sum.rejected += result.rejected
            }
            usleep(UInt32(1_000_000 / DemoTraffic.rate(at: elapsed)))
        }
    }

    /// Prints what was acknowledged and what the files hold.
    private func compare(
        _ sent: RecordSender.Result, with place: String
    ) throws(DemoService.Failure) {
        let report: Verification.Report
        do {
            report = try Verification(serviceDirectory: place, Configuration()).run { _, _ in }
        } catch {
            throw DemoService.Failure(description: "\(error)")
        }
        let rejected = report.streams.filter { $0.name.hasSuffix(".rejected.log") }
            .reduce(0) { $0 + $1.tally.lineCount }
        let written = report.total.lineCount - rejected
        print(
            "acknowledged \(sent.accepted) records, found \(written) in \(report.total.fileCount) files; rejected \(sent.rejected), found \(rejected)"
        )
        guard written >= sent.accepted, rejected >= sent.rejected else {
            throw DemoService.Failure(description: "records are missing: please report it")
        }
        guard !report.isDamaged else {
            throw DemoService.Failure(description: "a file is damaged: please report it")
        }
    }

    private func temporaryDirectory() throws -> String {
        let named = ConfigurationInputs.processEnvironment()["TMPDIR"] ?? ""
        let parent = named.isEmpty ? "/tmp" : named
        var template = Array("\(parent)/cordwood-demo.XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else {
            complain("cannot create a temporary directory: give one with --directory")
            throw ExitCode(EX_CANTCREAT)
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The service makes no directories in it.
    private func remove(_ place: String) {
        for name in (try? Directory.names(in: place)) ?? [] {
            _ = try? Directory.unlink("\(place)/\(name)")
        }
        try? Directory.remove(place)
    }
}
