// SPDX-License-Identifier: Apache-2.0

import Bytes
import Testing

@Suite struct CivilDateTests {
    @Test(arguments: [
        (0, 1970, 1, 1), (-1, 1969, 12, 31), (11_016, 2000, 2, 29), (11_017, 2000, 3, 1),
        (-25_508, 1900, 3, 1), (2_932_896, 9999, 12, 31), (-719_468, 0, 3, 1),
        (-719_162, 1, 1, 1),
    ])
    func `days and dates belong to each other`(days: Int, year: Int, month: Int, day: Int) {
        let date = CivilDate(year: Int64(year), month: Int64(month), day: Int64(day))
        #expect(CivilDate(daysSinceEpoch: Int64(days)) == date)
        #expect(date.daysSinceEpoch == Int64(days))
    }

    @Test func `every day has one date, in order, and the weekdays go round`() {
        for days in Int64(-800_000)...Int64(800_000) {
            let date = CivilDate(daysSinceEpoch: days)
            guard date.daysSinceEpoch == days, date.exists == (1...9999 ~= date.year),
                date.weekday == Int((days % 7 + 10) % 7)
            else {
                Issue.record("\(days): \(date)")
                return
            }
        }
    }

    @Test(arguments: [
        (2023, 2, 29), (1900, 2, 29), (2024, 4, 31), (2024, 13, 1), (2024, 0, 1), (2024, 1, 0),
        (0, 1, 1), (10_000, 1, 1),
    ])
    func `a date that the calendar lacks does not exist`(year: Int, month: Int, day: Int) {
        #expect(!CivilDate(year: Int64(year), month: Int64(month), day: Int64(day)).exists)
    }
}
