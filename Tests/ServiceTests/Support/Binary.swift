// SPDX-License-Identifier: Apache-2.0

import Foundation

/// The program under test, run to its end.
enum Binary {
    static func run(
        _ arguments: [String], environment: [String: String] = [:], input: String = ""
    ) throws -> ChildProcess.Result {
        try ChildProcess(
            program: Program.cordwood, arguments: arguments, input: Data(input.utf8),
            environment: environment
        ).run()
    }
}
