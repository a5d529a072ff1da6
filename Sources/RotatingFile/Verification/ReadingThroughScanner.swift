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

    /// Reads what is compressed in `file`: one gzip member or several, as of files put together.
    ///
    /// zlib compares the CRC and the length of each member.
    mutating func readGzip(
        _ file: borrowing Descriptor, _ meter: ProgressMeter
    ) throws(Errno) -> GzipEnd {
        let input = UnsafeMutableRawBufferPointer.allocate(
            byteCount: Self.pieceByteCount, alignment: 16)
        defer { input.deallocate() }
        var gzip = GzipStream(.decompress)
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
                let unused = input[(available - gzip.unusedByteCount)..<available]
                guard unused.first == 0x1f else { return .damaged("bytes follow its end") }
                gzip = GzipStream(.decompress)
                gzip.feed(UnsafeRawBufferPointer(rebasing: unused))
                isBetweenMembers = false
            }
            guard let made = gzip.run(into: room(), isLast: false) else {
                return .damaged(gzip.fault)
            }
            take(made.byteCount)
            isBetweenMembers = made.isFinished
        }
    }
}
