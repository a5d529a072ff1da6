// SPDX-License-Identifier: Apache-2.0

import Glibc
import RotatingFile

/// Answers questions about schedules, one a line, since a zone belongs to a whole process.
///
/// A question is nine fields with tabs between them: `TZ when interval at utc aligned from count
/// late`. `at` is `-` for none, `utc` and `aligned` are 0 or 1, `late` says how many seconds each
/// rollover comes after its time. An answer that starts with `!` is the reason why there is none.
enum ScheduleMode {
    struct Question {
        let schedule: RotationSchedule
        let start: Int64
        let count: Int
        let late: Int64
    }

    /// Reads questions up to the end of standard input and prints the reply to each.
    static func answer(with reply: (Question) -> String) {
        var zone: String?
        while let line = readLine() {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
                .map(String.init)
            if let wanted = fields.first, wanted != zone {
                setenv("TZ", wanted, 1)
                tzset()
                zone = wanted
            }
            do throws(RotationScheduleError) {
                print(try question(from: fields).map(reply) ?? "!not a question")
            } catch {
                print("!\(error)")
            }
        }
    }

    /// `count` pairs `rollover:suffix` with spaces between them.
    static func rollovers(for question: Question) -> String {
        var answers: [String] = []
        var now = question.start
        for _ in 0..<question.count {
            let rolloverAt = question.schedule.rollover(after: now)
            now = rolloverAt + question.late
            let start = question.schedule.intervalStart(endingAt: rolloverAt, now: now)
            answers.append(
                "\(rolloverAt):\(question.schedule.suffix(forIntervalStartingAt: start))")
        }
        return answers.joined(separator: " ")
    }

    /// The schedule's fingerprint in decimal.
    static func fingerprint(for question: Question) -> String {
        String(question.schedule.fingerprint)
    }

    private static func question(
        from fields: [String]
    ) throws(RotationScheduleError) -> Question? {
        guard fields.count == 9, let when = RotationSchedule.When(fields[1]),
            let interval = Int(fields[2]), let start = Int64(fields[6]),
            let count = Int(fields[7]), let late = Int64(fields[8])
        else { return nil }
        let schedule = try RotationSchedule(
            when: when, interval: interval, atTime: TimeOfDay(parsing: fields[3]),
            zone: fields[4] == "1" ? .utc : .local, aligned: fields[5] == "1")
        return Question(schedule: schedule, start: start, count: count, late: late)
    }
}
