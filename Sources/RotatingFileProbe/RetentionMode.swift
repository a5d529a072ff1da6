// SPDX-License-Identifier: Apache-2.0

import Glibc
import RotatingFile

/// Lives through random histories of a stream and checks each removal by retention.
///
/// `count` histories from `seed` on, in the zone `timezone`. `order=names` removes as if the names
/// told the order, which must be seen to fail. Says `! seed reason` for each violation, at most
/// ten, and last how many histories and removals there were.
enum RetentionMode {
    static func run(_ settings: Settings) {
        setenv("TZ", settings.text("timezone"), 1)
        tzset()
        let count = settings.number("count", default: 1000)
        let start = settings.number("seed", default: 1)
        let isByName = settings.text("order") == "names"
        var (violations, removals, clashes) = (0, 0, 0)
        for seed in start..<start + count {
            var history = History(seed: UInt64(seed), isByName: isByName)
            let violation = history.live()
            removals += history.removalCount
            clashes += history.clashCount
            guard let violation else { continue }
            violations += 1
            if violations <= 10 { say("! \(seed) \(violation)") }
        }
        say(
            "\(count) histories, \(removals) removals, \(clashes) disagreements of names and order, "
                + "\(violations) violations")
    }
}
