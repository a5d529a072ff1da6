// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Inspection
import Linux

/// `cordwood reload`: HUP, and what became of it.
struct ReloadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reload",
        abstract:
            "Make a running service read its configuration again, and wait until it serves it.",
        discussion: """
            No request is lost: the earlier workers answer those that they have accepted. If the \
            configuration is wrong, its mistakes are printed, and the service continues with the \
            earlier one.

            Exit status: 0; 1 if the reload failed or no service was found.
            """)

    @OptionGroup var options: MasterOptions

    func run() throws {
        try options.ask { (request) throws(MasterRequest.Failure) in try request.reload() }
    }
}

/// `cordwood upgrade`: USR2, and what became of it.
struct UpgradeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upgrade",
        abstract: "Make a running service start its program's file, which may be a new version.",
        discussion: """
            The process and its sockets stay, and no request is lost. If the new program or the \
            configuration does not work, the running version continues.

            Exit status: 0; 1 if the upgrade failed or no service was found.
            """)

    @OptionGroup var options: MasterOptions

    func run() throws {
        try options.ask { (request) throws(MasterRequest.Failure) in try request.upgrade() }
    }
}

/// `cordwood reopen`: USR1.
struct ReopenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reopen",
        abstract: "Make a running service open its log files again.",
        discussion: """
            Cordwood rotates its files itself; this is for another program that has renamed one.

            Exit status: 0; 1 if no service was found.
            """)

    @OptionGroup var options: MasterOptions

    func run() throws {
        try options.ask { (request) throws(MasterRequest.Failure) in try request.reopen() }
    }
}

/// `cordwood stop`: TERM, and the wait for the end.
struct StopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stop",
        abstract: "Stop a running service, and wait until it has ended.",
        discussion: """
            Requests in flight are finished. For a service that systemd runs, this is `systemctl \
            stop`.

            Exit status: 0; 1 if it has not stopped or no service was found.
            """)

    @OptionGroup var options: MasterOptions

    func run() throws {
        let master = try options.master()
        // Otherwise systemd would start the service again.
        if let unit = master.unit, unit.mainProcess == master.process {
            print("systemctl stop \(unit.name)")
            throw ExitCode(unit.stop())
        }
        try options.ask(master) { (request) throws(MasterRequest.Failure) in try request.stop() }
    }
}
