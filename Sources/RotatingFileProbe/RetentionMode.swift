import Glibc
import RotatingFile

/// Lives through random histories of a stream and looks at what retention removes.
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

/// Small, fast, and the same on every machine: SplitMix64.
struct Chance: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// One of `0..<bound`.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
