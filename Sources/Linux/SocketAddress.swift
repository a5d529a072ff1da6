import CLinux
import Glibc
import SystemPackage

/// An address of a peer or of a listener: IPv4, IPv6 or the path of a Unix socket.
package struct SocketAddress {
    package var storage = sockaddr_storage()
    package var byteCount = socklen_t(MemoryLayout<sockaddr_storage>.size)

    package init() {}

    /// A numeric IPv4 or IPv6 address, `host` without brackets; nil when it is neither.
    package init?(host: String, port: UInt16) {
        var four = sockaddr_in()
        if inet_pton(AF_INET, host, &four.sin_addr) == 1 {
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            self.init(four)
            return
        }
        var six = sockaddr_in6()
        guard inet_pton(AF_INET6, host, &six.sin6_addr) == 1 else { return nil }
        six.sin6_family = sa_family_t(AF_INET6)
        six.sin6_port = port.bigEndian
        self.init(six)
    }

    private init<Address>(_ address: Address) {
        byteCount = socklen_t(MemoryLayout<Address>.size)
        withUnsafeMutableBytes(of: &storage) { target in
            withUnsafeBytes(of: address) { target.copyMemory(from: $0) }
        }
    }

    package var family: Int32 { Int32(storage.ss_family) }

    /// In network byte order on the wire, in host order here; 0 for a Unix socket.
    package var port: UInt16 {
        // Both families keep the port at the same place.
        withUnsafeBytes(of: storage) { bytes in
            family == AF_INET || family == AF_INET6
                ? UInt16(bigEndian: bytes.load(fromByteOffset: 2, as: UInt16.self)) : 0
        }
    }

    /// Writes the host in digits, as `192.0.2.1` or `2001:db8::1`, into `buffer`, which has room
    /// for at least 46 bytes; returns how many.
    ///
    /// Allocates nothing.
    package func writeHost(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let base = buffer.baseAddress, buffer.count >= Int(INET6_ADDRSTRLEN) else { return 0 }
        let text = base.assumingMemoryBound(to: CChar.self)
        return withUnsafeBytes(of: storage) { bytes in
            guard let start = bytes.baseAddress else { return 0 }
            let source: UnsafeRawPointer
            switch family {
            case AF_INET: source = start + 4
            case AF_INET6: source = start + 8
            default: return 0
            }
            guard inet_ntop(family, source, text, socklen_t(buffer.count)) != nil else { return 0 }
            return strlen(text)
        }
    }
}

extension SocketAddress: CustomStringConvertible {
    package var description: String {
        let host = withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            String(decoding: buffer[..<writeHost(into: buffer)], as: UTF8.self)
        }
        return family == AF_INET6 ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
