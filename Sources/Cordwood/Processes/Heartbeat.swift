// SPDX-License-Identifier: Apache-2.0

import Linux
import SystemPackage

/// A worker's clock: it fires a little after each whole second, so that work that is due at a
/// second is done at once.
struct Heartbeat: ~Copyable {
    private let timer: Timer

    init(now epochNanoseconds: Int64 = Clock.epochNanoseconds()) throws(Errno) {
        timer = try Timer(after: Self.delay(from: epochNanoseconds), every: Self.second)
    }

    /// The descriptor to watch.
    var number: Int32 { timer.descriptor.rawValue }

    /// Records that it has fired.
    func acknowledge() throws(Errno) { _ = try timer.expirations() }

    /// Nanoseconds until it first fires.
    static func delay(from epochNanoseconds: Int64) -> Int64 {
        second + delayAfterSecond - epochNanoseconds % second
    }

    private static let second: Int64 = 1_000_000_000
    private static let delayAfterSecond: Int64 = 2_000_000
}
