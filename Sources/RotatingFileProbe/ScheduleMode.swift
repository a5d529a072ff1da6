import Glibc
import RotatingFile

/// Answers questions about schedules, one a line, since a zone belongs to a whole process.
///
/// A question is nine fields with tabs between them: `TZ when interval at utc aligned from count late`. `at` is `-` for none, `utc` and
/// `aligned` are 0 or 1, `late` says how many seconds each rollover comes after its time. The answer is `count` pairs `rollover:suffix`
/// with spaces between them, or `!` and the reason.
enum ScheduleMode {
    static func run() {
        var zone: String?
        while let line = readLine() {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(
                String.init)
            guard let wanted = fields.first else { continue }
            if wanted != zone {
                setenv("TZ", wanted, 1)
                tzset()
                zone = wanted
            }
            print(answer(to: fields))
        }
    }

    private static func answer(to fields: [String]) -> String {
        guard fields.count == 9, let when = RotationSchedule.When(fields[1]),
            let interval = Int(fields[2]), let start = Int64(fields[6]),
            let count = Int(fields[7]), let late = Int64(fields[8])
        else { return "!not a question" }
        do {
            let schedule = try RotationSchedule(
                when: when, interval: interval, atTime: TimeOfDay(parsing: fields[3]),
                zone: fields[4] == "1" ? .utc : .local, aligned: fields[5] == "1")
            return rollovers(of: schedule, from: start, count: count, late: late)
                .joined(separator: " ")
        } catch {
            return "!\(error)"
        }
    }

    private static func rollovers(
        of schedule: RotationSchedule, from start: Int64, count: Int, late: Int64
    ) -> [String] {
        var answers: [String] = []
        var now = start
        for _ in 0..<count {
            let rolloverAt = schedule.rollover(after: now)
            now = rolloverAt + late
            let named = schedule.intervalStart(endingAt: rolloverAt, now: now)
            answers.append("\(rolloverAt):\(schedule.suffix(forIntervalStartingAt: named))")
        }
        return answers
    }
}
