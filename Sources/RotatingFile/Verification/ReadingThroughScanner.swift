// SPDX-License-Identifier: Apache-2.0

import Compression
import Glibc
import Linux
import SystemPackage

/// How a compressed file ended.
enum GzipEnd: Equatable {
    case whole
    case truncated
    case damaged(String)
}

extension LineScanner {
    /// Reads at most `limit` bytes of `file`, from where it stands.
    mutating func read(
        _ file: borrowing Descriptor, limit: Int64, _ meter: ProgressMeter
    ) throws(Errno) {
        var left = limit
        while left > 0 {
            let room = room(limit: Int(left))
            guard let count = try file.read(into: room), count > 0 else { return }
            take(count)
            meter.add(count)
            left -= Int64(count)
        }
    }

    /// Reads the decompressed bytes of `file`: one gzip member or several, as of files put together.
    ///
    /// zlib compares the CRC and the length of each member.
    mutating func readGzip(
        _ file: borrowing Descriptor, _ meter: ProgressMeter
    ) throws(Errno) -> GzipEnd {
        let input = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.pieceByteCount, alignment: 16)
        defer { input.deallocate() }
        let gzip = Inflater(.gzip)
        var available = 0
        var isBetweenMembers = false
        while true {
            if gzip.needsInput {
                available = try file.read(into: input) ?? 0
                if available == 0 { return isBetweenMembers ? .whole : .truncated }
                meter.add(available)
                gzip.feed(UnsafeRawBufferPointer(rebasing: input[..<available]))
            }
            if isBetweenMembers {
                // A trailing zero or anything else is not of a member.
                guard input[available - gzip.unreadByteCount] == 0x1f else {
                    return .damaged("bytes follow its end")
                }
                gzip.beginNext()
                isBetweenMembers = false
            }
            let made = gzip.run(into: room())
            guard made.outcome == .ended || made.outcome == .goesOn else {
                return .damaged(gzip.fault)
            }
            take(made.byteCount)
            isBetweenMembers = made.outcome == .ended
        }
    }
}
