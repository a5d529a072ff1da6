// SPDX-License-Identifier: Apache-2.0

import Bytes
import Glibc

/// Made-up traffic: a shop's day, with the mistakes that clients make.
///
/// A day passes in two minutes. The same seed makes the same requests, except for their times.
struct DemoTraffic {
    struct Request: Equatable {
        var path: String
        var contentType: String
        var body: [UInt8]
    }

    private var random: SplitMix
    private var orderNumber = 48_211

    init(seed: UInt64) { random = SplitMix(state: seed) }

    /// Seconds of a day in the demonstration.
    static let daySeconds = 120.0

    /// Requests a second, from 3 at midnight to 40 at noon.
    ///
    /// - Parameter elapsed: seconds since the start, which is at six in the morning.
    static func rate(at elapsed: Double) -> Double {
        let day = elapsed / daySeconds + 0.25
        return 3 + 37 * (1 - cos(2 * .pi * day)) / 2
    }

    /// The next request.
    ///
    /// - Parameter time: when it is sent, in milliseconds since 1970.
    mutating func next(at time: Int64) -> Request {
        switch random.next(below: 100) {
        case 0..<70: accesses(time)
        case 70..<90: order(time)
        case 90..<97: jobs()
        case 97..<99: cutObject(time)
        default: wrongEncoding()
        }
    }

    /// A batch of a proxy's records.
    private mutating func accesses(_ time: Int64) -> Request {
        let lines = (0...random.next(below: 12)).map { _ in
            let path = random.element(of: ["/", "/cart", "/search?q=lamp", "/item/1842", "/login"])
            let status = random.element(of: [200, 200, 200, 200, 200, 304, 404, 502])
            return
                #"{"time":"\#(stamp(time))","method":"GET","path":"\#(path)","status":\#(status),"ms":\#(random.next(below: 180))}"#
        }
        return Request(
            path: "/logs/web", contentType: "application/x-ndjson",
            body: Array((lines.joined(separator: "\n") + "\n").utf8))
    }

    private mutating func order(_ time: Int64) -> Request {
        orderNumber += 1
        let isPaid = random.next(below: 20) > 0
        let record =
            #"{"time":"\#(stamp(time))","level":"\#(isPaid ? "info" : "error")","msg":"\#(isPaid ? "order paid" : "card declined")","order":\#(orderNumber),"total":\#(9 + random.next(below: 240)).90}"#
        return Request(
            path: "/logs/shop", contentType: "application/json", body: Array(record.utf8))
    }

    /// Lines of text, as a script sends them.
    private mutating func jobs() -> Request {
        let text = "backup: started\nbackup: \(200 + random.next(below: 90)) files copied\n"
        return Request(path: "/logs/jobs", contentType: "text/plain", body: Array(text.utf8))
    }

    /// The second record ends in the middle.
    private mutating func cutObject(_ time: Int64) -> Request {
        let whole = #"{"time":"\#(stamp(time))","level":"info","msg":"cart saved"}"#
        let body = whole + "\n" + whole.prefix(24 + random.next(below: 20)) + "\n"
        return Request(
            path: "/logs/shop", contentType: "application/x-ndjson", body: Array(body.utf8))
    }

    /// A line in Latin-1.
    private func wrongEncoding() -> Request {
        Request(
            path: "/logs/jobs", contentType: "text/plain",
            body: Array("export to M".utf8) + [0xFC] + Array("nchen done\n".utf8))
    }

    private func stamp(_ time: Int64) -> String {
        RFC3339.string(epochNanoseconds: time * 1_000_000)
    }
}

/// Numbers that look random, the same for each seed: SplitMix64 of Steele, Lea and Flood.
private struct SplitMix {
    var state: UInt64

    mutating func next(below limit: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
    }

    mutating func element<Element>(of elements: [Element]) -> Element {
        elements[next(below: elements.count)]
    }
}
