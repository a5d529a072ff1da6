// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

struct GivesMemoryBackTests {
    @Test
    func `the memory of a large body is released when it is answered`() throws {
        try RunningService.run(["--workers", "1"]) { service in
            let record = #"{"a":"\#(String(repeating: "x", count: 100_000))"}"#
            let body = Array(repeatElement(record, count: 300).joined(separator: "\n").utf8)
            #expect(try service.post(record).status == 200)
            let before = try service.workerMemory()
            for _ in 0..<3 {
                #expect(try service.post(bytes: body).status == 200)
                // Some room for the next is kept, but not that of a body of 30 MB.
                try eventually("the memory is back") {
                    try service.workerMemory() - before < 12 << 20
                }
            }
        }
    }
}
