import Bytes
import Testing

@Suite struct ByteSearchTests {
    private let bytes = Array("a,b,c".utf8)

    @Test func `bytes are found from either end, or not`() {
        let comma = UInt8(ascii: ",")
        #expect(bytes.span.firstIndex(of: comma, from: 0) == 1)
        #expect(bytes.span.firstIndex(of: comma, from: 2) == 3)
        #expect(bytes.span.firstIndex(of: comma, from: 4) == 5)
        #expect(bytes.span.firstIndex(of: comma, from: 9) == 5)
        #expect(bytes.span.lastIndex(of: comma, in: 0..<5) == 3)
        #expect(bytes.span.lastIndex(of: comma, in: 0..<3) == 1)
        #expect(bytes.span.lastIndex(of: comma, in: 4..<5) == nil)
        #expect([UInt8]().span.firstIndex(of: comma, from: 0) == 0)
    }

    @Test func `bytes are compared with literals and with others`() {
        #expect(bytes.span.equals("a,b,c") && !bytes.span.equals("a,b,d"))
        #expect(!bytes.span.equals("a,b") && bytes.span.equals(bytes.span))
        #expect(!bytes.span.equals([UInt8]().span) && [UInt8]().span.equals(""))
        #expect(bytes.span.hasSuffix(",c") && bytes.span.hasSuffix("a,b,c"))
        #expect(bytes.span.hasSuffix(""))
        #expect(!bytes.span.hasSuffix(",b") && !bytes.span.hasSuffix("0a,b,c"))
    }
}
