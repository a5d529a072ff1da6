// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Linux

@Suite struct ProcessMemoryTests {
    @Test(
        arguments: [
            ("1000 500 200 30 0 100 0\n", 300), ("9 5 5 0 0 0 0\n", 0), ("9 5 6 0 0 0 0\n", 0),
            ("9 5 3", nil), ("9 5\n", nil), ("", nil), ("a b c d", nil), ("-1 2 3 ", nil),
        ] as [(String, Int?)])
    func `resident memory that is not shared is private`(text: String, pages: Int?) {
        let bytes = Array(text.utf8)
        #expect(bytes.withUnsafeBytes { ProcessMemory.privatePages(in: $0) } == pages)
    }

    @Test func `memory that is used counts`() throws {
        let (status, output) = try Probe.run(["memory"])
        #expect(status == 0)
        let grown = try #require(Int(output.dropLast()))
        // The last page of a file or two may come with it.
        #expect((64 << 20...72 << 20).contains(grown))
    }
}
