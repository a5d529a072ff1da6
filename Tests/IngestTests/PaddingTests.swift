// SPDX-License-Identifier: Apache-2.0

import Bytes
import Glibc
import Testing

@testable import Ingest

/// Text whose padding ends where the next byte cannot be read.
private struct GuardedPages: ~Copyable {
    private let base: UnsafeMutableRawPointer
    private let readable = 4 << 12
    private let page = 1 << 12

    init?() {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS
        guard let mapped = mmap(nil, readable + page, PROT_READ | PROT_WRITE, flags, -1, 0),
            mapped != MAP_FAILED, mprotect(mapped + readable, page, PROT_NONE) == 0
        else { return nil }
        base = mapped
    }

    deinit { munmap(base, readable + page) }

    /// Ingests `body`, laid in front of padding that holds the worst there is for its end.
    func ingest(
        _ body: [UInt8], padding: UInt8, as format: BodyFormat
    ) -> (accepted: Int, rejected: Int)? {
        let start = base + readable - ByteBuffer.padding - body.count
        start.copyMemory(from: body, byteCount: body.count)
        memset(start + body.count, Int32(padding), ByteBuffer.padding)
        // SAFETY: the bytes were just written, and the mapping outlives the span.
        let bytes = UnsafeBufferPointer(
            start: start.assumingMemoryBound(to: UInt8.self), count: body.count)
        var ingester = Ingester()
        var batch = ByteBuffer()
        var rejected = ByteBuffer()
        let empty: [UInt8] = []
        let context = RejectionContext(timeMilliseconds: 0, stream: empty.span, peer: empty.span)
        let report = try? ingester.ingest(
            bytes.span, format: format, streamFormat: .json, into: &batch, rejected: &rejected,
            context: context)
        return report.map { ($0.accepted, $0.rejected) }
    }
}

@Suite struct PaddingTests {
    @Test func `nothing after the padding is read, and the padding means nothing`() {
        guard let pages = GuardedPages() else {
            Issue.record("no memory could be mapped")
            return
        }
        let bodies = [
            #"{"a":[1,-2.5e+10,true,false,null,"x\\\"\u00e9é😀"],"b":{}}"# + "\n",
            #"[{"a":12},"text\n",34, {"b":"\ud800"} ]"#, "12", "-", "1e", "tru", "nul", "fals",
            "\"a\\u12", "text é \u{2028}", "a=%41&b=%4",
        ]
        for body in bodies.map({ Array($0.utf8) }) {
            for count in 1...body.count {
                for format in [BodyFormat.json, .ndjson, .text, .form] {
                    let prefix = Array(body.prefix(count))
                    let results = "0\"u}],\n\u{80}t".utf8.map { padding in
                        pages.ingest(prefix, padding: padding, as: format)
                    }
                    for result in results {
                        #expect(result?.accepted == results[0]?.accepted)
                        #expect(result?.rejected == results[0]?.rejected)
                    }
                }
            }
        }
    }
}
