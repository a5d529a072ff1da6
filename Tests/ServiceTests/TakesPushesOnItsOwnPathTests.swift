// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// Clients that need no path of their own, because they send JSON to any URL.
struct TakesPushesOnItsOwnPathTests {
    @Test
    func `a push of Pub/Sub is a record, and any 2xx acknowledges it`() throws {
        let push =
            #"{"message":{"attributes":{"a":"b"},"data":"aGVsbG8=","messageId":"7"},"subscription":"projects/p/subscriptions/s"}"#
        try RunningService.run { (service) throws in
            // It comes indented, on several lines.
            let indented = push.replacing("{", with: "{\n  ").replacing(",", with: ",\n  ")
            let answer = try service.post(
                "/logs/shop", indented, ["Content-Type: application/json"])
            #expect(answer.status == 200)
            let lines = try service.lines(of: "shop")
            #expect(lines.map { $0.replacing("  ", with: "") } == [push])
            // There is no path that decodes its data.
            #expect(try service.post("/pubsub", push).status == 404)
        }
    }
}
