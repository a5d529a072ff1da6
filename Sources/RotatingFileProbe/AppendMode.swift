import Glibc
import RotatingFile

/// Appends records as fast as it can and says the number of each that was acknowledged.
///
/// `path`, `id` (before the numbers), `count`, `bytes` (of a record, at most), `batch` (records in
/// an append, at most), `slot` (milliseconds that count as a second of the schedule).
enum AppendMode {
    static func run(_ settings: Settings) {
        let slot = Int64(settings.number("slot", default: 100))
        let count = settings.number("count", default: .max)
        var number = 0
        do {
            let file = try settings.openFile(now: now(slot))
            while number < count {
                let batch = Int.random(in: 1...settings.number("batch", default: 3))
                let numbers = number..<(number + batch)
                number += batch
                let filler = Int.random(in: 0...settings.number("bytes", default: 100))
                let lines = numbers.map { record("\(settings["id"])-\($0)", byteCount: filler) }
                    .reduce([], +)
                do {
                    try file.append(lines.span, now: now(slot))
                    for number in numbers { say("+ \(settings["id"])-\(number)") }
                } catch {
                    for number in numbers { say("- \(settings["id"])-\(number) \(error)") }
                }
                if number % 16 == 0 { try? file.tick(now: now(slot)) }
            }
        } catch {
            say("! \(error)")
            exit(1)
        }
    }

    private static func now(_ slot: Int64) -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return (Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000) / slot
    }
}
