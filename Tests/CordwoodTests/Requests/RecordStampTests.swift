// SPDX-License-Identifier: Apache-2.0

import Bytes
import CordwoodConfiguration
import Testing

@testable import Cordwood

/// The stamp of text, most of which the requests of a second share.
struct RecordStampTests {
    private static func text(_ bytes: Span<UInt8>) -> String {
        bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }

    @Test func `the time is that of each request, in any order of seconds and milliseconds`() {
        var stamp = RecordStamp(Configuration().stamp)
        let isTimeAlone = stamp.isTimeAlone
        #expect(isTimeAlone)
        let second: Int64 = 1_795_440_335_000
        for offset: Int64 in [0, 0, 7, 999, 1000, 1001, 10, 86_400_000, 86_400_123, -1, 0] {
            let time = second + offset
            stamp.prepare(timeMilliseconds: time)
            let expected = RFC3339.string(epochNanoseconds: time * 1_000_000)
            let text = Self.text(stamp.textBytes)
            #expect(text == "\"cordwood_received_at\":\"\(expected)\"}")
            let isEmpty = stamp.bytes.isEmpty
            #expect(isEmpty)
        }
    }

    @Test func `the time is not alone when anything else is asked for`() {
        for (fields, textFields) in [
            ([.client], [.receivedAt]), ([], [.receivedAt, .host]), ([.receivedAt], []), ([], []),
        ] as [([Configuration.Stamp.Field], [Configuration.Stamp.Field])] {
            var settings = Configuration().stamp
            settings.fields = fields
            settings.textFields = textFields
            let stamp = RecordStamp(settings)
            let isTimeAlone = stamp.isTimeAlone
            let isWanted = stamp.isWanted
            #expect(!isTimeAlone)
            #expect(isWanted == !(fields + textFields).isEmpty)
        }
    }
}
