// SPDX-License-Identifier: Apache-2.0

import CLinux
import Glibc

/// A service unit of systemd, systemctl(1).
package struct SystemdUnit: Equatable, Sendable {
    package let name: String

    /// - Parameter name: such as `cordwood.service`; nil if no service can have it.
    package init?(_ name: Substring) {
        // systemd.unit(5). None of them means anything to a shell, but a first dash to systemctl.
        let others = "-_.:@".utf8
        guard name.hasSuffix(".service"), !name.hasPrefix("-"),
            name.utf8.allSatisfy({ byte in
                others.contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            })
        else { return nil }
        self.name = String(name)
    }

    /// The id of its main process; nil if it has none, or if systemd does not answer.
    package var mainProcess: pid_t? {
        let (output, status) = Self.run("systemctl show --property=MainPID --value -- \(name)")
        guard status == 0, let process = pid_t(output.prefix { $0.isNumber }), process > 0 else {
            return nil
        }
        return process
    }

    /// Stops it and waits until it has stopped; returns the exit status of systemctl.
    package func stop() -> Int32 { Self.run("systemctl stop -- \(name)").status }

    /// Runs a command of the shell, whose messages go to standard error.
    private static func run(_ command: String) -> (output: String, status: Int32) {
        guard let stream = popen(command, "r") else { return ("", -1) }
        var bytes: [UInt8] = []
        while case let byte = getc(stream), byte != EOF {
            bytes.append(UInt8(truncatingIfNeeded: byte))
        }
        let status = pclose(stream)
        let code = clinux_wifexited(status) != 0 ? clinux_wexitstatus(status) : -1
        return (String(decoding: bytes, as: UTF8.self), code)
    }
}
