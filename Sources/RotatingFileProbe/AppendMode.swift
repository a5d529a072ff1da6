// SPDX-License-Identifier: Apache-2.0

import Glibc
import RotatingFile

/// Appends records as fast as it can and says the number of each that was acknowledged.
///
/// `path`, `id` (before the numbers), `count`, `bytes` (of a record, at most), `batch` (records in
/// an append, at most), `slot` (milliseconds that count as a second of the schedule), `pause`
/// (microseconds between appends), `clock` (a file of eight bytes: milliseconds to add to the time,
/// which a test changes meanwhile).
enum AppendMode {
    static func run(_ settings: Settings) {
        let clock = SteppedClock(settings)
        let pause = UInt32(settings.number("pause", default: 0))
        let count = settings.number("count", default: .max)
        var number = 0
        do {
            let file = try settings.openFile(now: clock.now)
            while number < count {
                let batch = Int.random(in: 1...settings.number("batch", default: 3))
                let numbers = number..<(number + batch)
                number += batch
                let filler = Int.random(in: 0...settings.number("bytes", default: 100))
                let lines = numbers.map { record("\(settings["id"])-\($0)", byteCount: filler) }
                    .reduce([], +)
                do {
                    try file.append(lines.span, now: clock.now)
                    for number in numbers { say("+ \(settings["id"])-\(number)") }
                } catch {
                    for number in numbers { say("- \(settings["id"])-\(number) \(error)") }
                }
                if number % 16 == 0 { try? file.tick(now: clock.now) }
                if pause > 0 { usleep(pause) }
            }
        } catch {
            say("! \(error)")
            exit(1)
        }
    }
}
