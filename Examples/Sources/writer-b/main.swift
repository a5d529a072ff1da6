// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import RotatingFile
import RotatingFileLogging

// Logs numbered lines with swift-log, and compresses rotated files: writer-b PATH COUNT
let path = CommandLine.arguments.dropFirst().first ?? "example.log"
let count = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 10_000

let sink = try RotatingFileSink(path: path, schedule: RotationSchedule(when: .seconds, zone: .utc))
let ticker = try RotatingFileTicker(sink, sealing: .init(backupCount: 0))
LoggingSystem.bootstrap { RotatingFileLogHandler(label: $0, sink: sink) }

let logger = Logger(label: "b")
for number in 1...count {
    logger.info("a line", metadata: ["number": "\(number)"])
    usleep(300)
}
ticker.stop()
print("b appended \(sink.statistics.appendedCount) lines")
