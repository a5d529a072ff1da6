// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A condition that did not come true in time.
struct DeadlinePassed: Error, CustomStringConvertible {
    var description: String
}

/// Looks at `condition` again and again until it is true.
///
/// The deadline only decides how long a failure takes, so it is generous: the machine may be busy.
func eventually(
    _ description: String, within seconds: Double = 15, _ condition: () throws -> Bool
) throws {
    _ = try eventually(description, within: seconds) { try condition() ? true : nil }
}

/// The first value that `body` returns.
func eventually<Value>(
    _ description: String, within seconds: Double = 15, _ body: () throws -> Value?
) throws -> Value {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while true {
        if let value = try body() { return value }
        if Date() > deadline { throw DeadlinePassed(description: "not in time: \(description)") }
        usleep(5000)
    }
}
