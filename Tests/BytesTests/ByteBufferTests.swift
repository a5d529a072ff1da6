// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Bytes

@Suite struct ByteBufferTests {
    @Test func `appended bytes are read back after consuming from the front and growing`() {
        var buffer = ByteBuffer()
        var expected: [UInt8] = []
        for round in 0..<200 {
            let bytes = [UInt8](repeating: UInt8(round), count: round)
            buffer.append(bytes.span)
            expected += bytes
            if round % 3 == 0 {
                let taken = min(expected.count, 40)
                buffer.removeFirst(taken)
                expected.removeFirst(taken)
            }
        }
        #expect(buffer.count == expected.count)
        #expect((0..<expected.count).allSatisfy { buffer.span[$0] == expected[$0] })
    }

    @Test(arguments: [0, 7, 10, 199, -1, Int.max, Int.min])
    func `integers are appended in decimal`(value: Int) {
        var buffer = ByteBuffer()
        buffer.append(decimal: value)
        let text = String(decoding: (0..<buffer.count).map { buffer.span[$0] }, as: UTF8.self)
        #expect(text == String(value))
    }
}
