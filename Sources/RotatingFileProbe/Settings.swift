// SPDX-License-Identifier: Apache-2.0

import Glibc
import RotatingFile

/// Arguments such as `path=/tmp/app.log count=100`.
struct Settings {
    private var values: [String: String] = [:]

    init(_ arguments: some Sequence<String>) {
        for argument in arguments {
            guard let equals = argument.firstIndex(of: "=") else { fail("no value: \(argument)") }
            values[String(argument[..<equals])] = String(
                argument[argument.index(after: equals)...])
        }
    }

    subscript(name: String) -> String {
        guard let value = values[name] else { fail("\(name)= is missing") }
        return value
    }

    /// The value of `name`, empty when there is none.
    func text(_ name: String) -> String { values[name] ?? "" }

    func number(_ name: String, default value: Int) -> Int {
        values[name].flatMap { Int($0) } ?? value
    }

    /// The rotating file at `path`, every `interval` seconds from the clock's zero.
    func openFile(
        now: Int64, onEvent: @escaping (RotatingFileEvent) -> Void = { say("# \($0)") }
    ) throws -> RotatingFile {
        var options = RotatingFile.Options()
        options.isDurable = number("durable", default: 0) == 1
        let schedule = try RotationSchedule(
            when: .seconds, interval: number("interval", default: 1), zone: .utc)
        return try RotatingFile(
            path: self["path"], schedule: schedule, options: options, now: now,
            onEvent: onEvent)
    }
}

/// Writes a line to standard output at once: a process that is killed leaves nothing in a buffer.
func say(_ line: String) {
    var line = line + "\n"
    let count = line.utf8.count
    let written = line.withUTF8 { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    // The test is gone, or a line was torn that it counts on.
    if written != count { exit(70) }
}

func fail(_ reason: String) -> Never {
    say("! \(reason)")
    exit(64)
}

/// One line of JSON of about `byteCount` bytes, with the number by which the test finds it again.
func record(_ identifier: String, byteCount: Int) -> [UInt8] {
    // By the block: a storm must spend its time in write(2), where a death tears.
    [UInt8](#"{"id":"\#(identifier)","filler":""#.utf8)
        + [UInt8](repeating: UInt8(ascii: "x"), count: byteCount) + [UInt8](#""}"#.utf8) + [10]
}
