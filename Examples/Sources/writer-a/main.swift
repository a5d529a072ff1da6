// SPDX-License-Identifier: Apache-2.0

import Glibc
import RotatingFile

// Appends numbered lines: writer-a PATH COUNT
let path = CommandLine.arguments.dropFirst().first ?? "example.log"
let count = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 10_000

let file = try RotatingFile(path: path, when: .seconds, utc: true)
for number in 1...count {
    try file.append(line: #"{"writer":"a","number":\#(number)}"#)
    usleep(300)
}
print("a appended \(count) lines")
