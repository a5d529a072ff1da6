// SPDX-License-Identifier: Apache-2.0

import CLinux
import SystemPackage

/// An address of a peer or of a listener: IPv4, IPv6 or the path of a Unix socket.
package struct SocketAddress {
    package var storage = sockaddr_storage()
    package var byteCount = socklen_t(MemoryLayout<sockaddr_storage>.size)
    /// Whether a listener on this IPv6 address takes IPv4 too, ipv6(7).
    package var isDualStack = false

    package init() {}

    /// The bytes that a system call has written, at most as long as `storage`.
    package init(_ bytes: UnsafeRawBufferPointer) {
        let count = min(bytes.count, MemoryLayout<sockaddr_storage>.size)
        byteCount = socklen_t(count)
        withUnsafeMutableBytes(of: &storage) { $0.copyBytes(from: bytes[..<count]) }
    }

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

    /// Every address of the machine, IPv6 and IPv4.
    package init(everyAddressWithPort port: UInt16) {
        var six = sockaddr_in6()
        six.sin6_family = sa_family_t(AF_INET6)
        six.sin6_port = port.bigEndian
        self.init(six)
        isDualStack = true
    }

    /// A Unix socket in the file system, unix(7); nil when the path is empty, has a NUL or is
    /// longer than `pathByteLimit`.
    package init?(path: String) {
        // The NUL at the end counts.
        self.init(local: path, bytes: Array(path.utf8) + [0])
    }

    /// A Unix socket without a file, by its name without the NUL in front; nil as for a path.
    package init?(abstractName name: String) {
        self.init(local: name, bytes: [0] + Array(name.utf8))
    }

    private init?(local name: String, bytes: [UInt8]) {
        guard !name.isEmpty, bytes.count <= Self.pathByteLimit + 1, !name.utf8.contains(0) else {
            return nil
        }
        var local = sockaddr_un()
        local.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &local.sun_path) { $0.copyBytes(from: bytes) }
        self.init(local)
        byteCount = socklen_t(Self.pathOffset + bytes.count)
    }

    /// The longest path of a Unix socket: `sun_path` less its NUL.
    package static let pathByteLimit = 107

    private static let pathOffset = MemoryLayout<sa_family_t>.size

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

    /// Of a Unix socket; nil for all others, empty for one without a name.
    package var path: String? {
        guard family == AF_UNIX else { return nil }
        return withUnsafeBytes(of: storage) { bytes in
            let end = max(Self.pathOffset, min(Int(byteCount), bytes.count))
            let name = bytes[Self.pathOffset..<end].prefix { $0 != 0 }
            return String(decoding: name, as: UTF8.self)
        }
    }

    /// Gives `body` the address as the system calls take it.
    package func withPointer<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(Errno) -> Result
    ) throws(Errno) -> Result {
        var storage = storage
        return try withUnsafeMutablePointer(to: &storage) { pointer throws(Errno) in
            // SAFETY: sockaddr_storage is made to be read as any of the socket address types.
            try body(
                UnsafeRawPointer(pointer).assumingMemoryBound(to: sockaddr.self), byteCount)
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
        if let path { return "unix:\(path)" }
        if isDualStack { return "*:\(port)" }
        let host = withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { buffer in
            String(decoding: buffer[..<writeHost(into: buffer)], as: UTF8.self)
        }
        return family == AF_INET6 ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
