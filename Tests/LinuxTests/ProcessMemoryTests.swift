import Glibc
import Testing

@testable import Linux

@Suite struct ProcessMemoryTests {
    @Test(
        arguments: [
            ("1000 500 200 30 0 100 0\n", 300), ("9 5 5 0 0 0 0\n", 0), ("9 5 6 0 0 0 0\n", 0),
            ("9 5 3", nil), ("9 5\n", nil), ("", nil), ("a b c d", nil), ("-1 2 3 ", nil),
        ] as [(String, Int?)])
    func `what is resident and not shared is private`(text: String, pages: Int?) {
        let bytes = Array(text.utf8)
        #expect(bytes.withUnsafeBytes { ProcessMemory.privatePages(in: $0) } == pages)
    }

    @Test func `memory that is used counts`() throws {
        let before = try #require(ProcessMemory.privateByteCount())
        let byteCount = 256 << 20
        try withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 4096) { buffer in
            for page in stride(from: 0, to: byteCount, by: 4096) { buffer[page] = 1 }
            let after = try #require(ProcessMemory.privateByteCount())
            // Other tests take and give back memory meanwhile.
            #expect(after > before + byteCount / 2)
        }
    }
}
