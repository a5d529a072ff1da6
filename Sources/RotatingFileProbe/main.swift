// SPDX-License-Identifier: Apache-2.0

import Glibc
import RotatingFile

// Work that a test must do in a process of its own, chosen by the first argument.
switch CommandLine.arguments.dropFirst().first {
case "append": AppendMode.run(Settings(CommandLine.arguments.dropFirst(2)))
case "drive": DriveMode.run(Settings(CommandLine.arguments.dropFirst(2)))
case "fingerprint": ScheduleMode.answer(with: ScheduleMode.fingerprint)
case "latency": LatencyMode.run(Settings(CommandLine.arguments.dropFirst(2)))
case "retention": RetentionMode.run(Settings(CommandLine.arguments.dropFirst(2)))
case "schedule": ScheduleMode.answer(with: ScheduleMode.rollovers)
case "seal": SealMode.run(Settings(CommandLine.arguments.dropFirst(2)))
case "watch": WatchMode.run(Settings(CommandLine.arguments.dropFirst(2)))
default:
    print(
        "usage: RotatingFileProbe append|drive|fingerprint|latency|retention|schedule|seal|watch"
            + " [name=value ...]")
    exit(64)
}
