// SPDX-License-Identifier: Apache-2.0

import Glibc
import Logging
import RotatingFile
import RotatingFileLogging

// Logs so many lines into a file that is rotated every second, as one of several processes:
// RotatingFileLogProbe PATH NAME COUNT BUFFER
let arguments = CommandLine.arguments
guard arguments.count == 5, let count = Int(arguments[3]), let buffer = Int(arguments[4]) else {
    print("usage: RotatingFileLogProbe PATH NAME COUNT BUFFER")
    exit(64)
}
var options = RotatingFileSink.Options()
options.bufferByteCount = buffer
let sink = try RotatingFileSink(
    path: arguments[1], schedule: RotationSchedule(when: .seconds, zone: .utc), options: options)
let logger = Logger(label: arguments[2]) { RotatingFileLogHandler(label: $0, sink: sink) }
for index in 0..<count {
    logger.info("line", metadata: ["index": "\(index)"])
    // Long enough that the file is rotated under way.
    usleep(200)
}
try sink.flush()
print(sink.statistics.appendedCount, sink.statistics.lostCount)
