// SPDX-License-Identifier: Apache-2.0

import CLinux
import SystemPackage

/// Sockets that wait for connections, listen(2).
extension Socket {
    /// A socket that listens on `address`, with `backlog` connections waiting at the most.
    ///
    /// - Parameters:
    ///   - mode: the permissions of a Unix socket's file. A file of a socket on which nobody
    ///     listens any more is replaced; one on which somebody does is `Errno.addressInUse`, and a
    ///     file that is no socket `Errno.fileExists`.
    ///   - owner: the owner of the file; nil: this process.
    package static func listening(
        on address: SocketAddress, backlog: Int32, mode: mode_t = 0o660,
        owner: Credentials? = nil
    ) throws(Errno) -> Socket {
        var address = address
        let socket: Socket
        do {
            socket = try make(address.family)
        } catch {
            // A kernel without IPv6 has IPv4 addresses all the same.
            guard address.isDualStack, error == .addressFamilyNotSupported,
                let four = SocketAddress(host: "0.0.0.0", port: address.port)
            else { throw error }
            address = four
            socket = try make(address.family)
        }
        if let path = address.path {
            try socket.bind(to: address, at: path, mode: mode, owner: owner)
        } else {
            try socket.set(SOL_SOCKET, SO_REUSEADDR, 1)
            if address.family == AF_INET6 {
                let isOnly: Int32 = address.isDualStack ? 0 : 1
                try socket.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, isOnly)
            }
            try socket.bind(to: address)
        }
        try socket.listen(backlog: backlog)
        return socket
    }

    /// A listening socket that another program has opened, made non-blocking and close-on-exec.
    ///
    /// Anything else is `Errno.invalidArgument`, or `Errno.notSocket`.
    package static func adopting(_ descriptor: consuming Descriptor) throws(Errno) -> Socket {
        let number = descriptor.rawValue
        let socket = Socket(descriptor)
        guard try socket.option(SOL_SOCKET, SO_TYPE) == Int32(SOCK_STREAM.rawValue),
            try socket.option(SOL_SOCKET, SO_ACCEPTCONN) != 0
        else { throw .invalidArgument }
        try socket.descriptor.setNonblocking()
        try socket.descriptor.setCloseOnExec(true)
        // A process that stopped may have left its filter; ENOENT when there is none.
        var unused: Int32 = 0
        _ = SocketAPI.setsockopt(number, SOL_SOCKET, SO_DETACH_FILTER, &unused, 4)
        return socket
    }

    /// The address that this socket is bound to.
    package func localAddress() throws(Errno) -> SocketAddress {
        var address = SocketAddress()
        _ = try systemCall(.getsockname) {
            withUnsafeMutablePointer(to: &address.storage) { storage in
                storage.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    SocketAPI.getsockname(descriptor.rawValue, $0, &address.byteCount)
                }
            }
        }
        if address.family == AF_INET6 {
            let isUnspecified = SocketAddress(host: "::", port: address.port)?.description
            let isOnly = try option(Int32(IPPROTO_IPV6), IPV6_V6ONLY)
            address.isDualStack = isOnly == 0 && address.description == isUnspecified
        }
        return address
    }

    /// Lets no further connection begin, while those that wait to be accepted still are.
    ///
    /// Closing the socket would reset those that the kernel has completed since the last `accept`.
    /// Of every process that shares it, and for good: not for a socket that somebody else keeps.
    package func refuseNewConnections() throws(Errno) {
        let number = descriptor.rawValue
        guard try localAddress().family != AF_UNIX else {
            // From now on connect(2) gives ECONNREFUSED, and the socket always counts as readable.
            _ = try systemCall(.shutdown) { SocketAPI.shutdown(number, SHUT_RD) }
            return
        }
        // A client that is not heard asks again in a second, and is then rejected or finds another
        // process. Connections that are accepted inherit the filter, and see no such packet.
        try Self.withFilterAgainstSYN { program throws(Errno) in
            _ = try systemCall(.setsockopt) {
                SocketAPI.setsockopt(
                    number, SOL_SOCKET, SO_ATTACH_FILTER, program, MemoryLayout<sock_fprog>.size)
            }
        }
    }

    /// A program of the classic BPF, socket(7) SO_ATTACH_FILTER: of a TCP segment, which begins
    /// with its header, drop packets that have SYN but not ACK set, and pass all others.
    private static func withFilterAgainstSYN(
        _ body: (UnsafePointer<sock_fprog>) throws(Errno) -> Void
    ) throws(Errno) {
        let (syn, ack, flagsOffset): (UInt32, UInt32, UInt32) = (0x02, 0x10, 13)
        var instructions = [
            sock_filter(code: UInt16(BPF_LD | BPF_B | BPF_ABS), jt: 0, jf: 0, k: flagsOffset),
            sock_filter(code: UInt16(BPF_ALU | BPF_AND | BPF_K), jt: 0, jf: 0, k: syn | ack),
            sock_filter(code: UInt16(BPF_JMP | BPF_JEQ | BPF_K), jt: 0, jf: 1, k: syn),
            sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: 0),
            sock_filter(code: UInt16(BPF_RET | BPF_K), jt: 0, jf: 0, k: .max),
        ]
        try instructions.withUnsafeMutableBufferPointer { buffer throws(Errno) in
            // SAFETY: the kernel copies the program before setsockopt(2) returns.
            var program = sock_fprog(
                len: UInt16(buffer.count), filter: buffer.baseAddress)
            try withUnsafePointer(to: &program, body)
        }
    }

    private static func make(_ family: Int32) throws(Errno) -> Socket {
        let type = SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue
        let number: Int32 = try systemCall(.socket) { SocketAPI.socket(family, Int32(type)) }
        return Socket(Descriptor(owning: number))
    }

    private func bind(to address: SocketAddress) throws(Errno) {
        let number = descriptor.rawValue
        try address.withPointer { pointer, byteCount throws(Errno) in
            _ = try systemCall(.bind) { SocketAPI.bind(number, pointer, byteCount) }
        }
    }

    /// Makes the file, with its owner and permissions before anybody can connect: that takes
    /// listen(2).
    ///
    /// Under a temporary name, getsockname(2) would tell that name for ever.
    private func bind(
        to address: SocketAddress, at path: String, mode: mode_t, owner: Credentials?
    ) throws(Errno) {
        if let status = try FileStatus(at: path) {
            guard status.isSocket else { throw .fileExists }
            guard try Self.isAbandoned(address) else { throw .addressInUse }
            try Directory.unlink(path)
        }
        try bind(to: address)
        do {
            _ = try systemCall(.chmod) { chmod(path, mode) }
            try owner?.own(path)
        } catch {
            _ = try? Directory.unlink(path)
            throw error
        }
    }

    /// Whether no process listens on the Unix socket of this file.
    private static func isAbandoned(_ address: SocketAddress) throws(Errno) -> Bool {
        let probe = try make(AF_UNIX)
        let number = probe.descriptor.rawValue
        do {
            try address.withPointer { pointer, byteCount throws(Errno) in
                _ = try systemCall(.connect) { SocketAPI.connect(number, pointer, byteCount) }
            }
            return false
        } catch {
            if error == .connectionRefused || error == .noSuchFileOrDirectory { return true }
            // A queue that is full, or a socket of another type, is somebody's.
            if error == .wouldBlock || error == .protocolWrongTypeForSocket { return false }
            throw error
        }
    }

    /// Lets so many connections wait at the most, from now on.
    package func listen(backlog: Int32) throws(Errno) {
        _ = try systemCall(.listen) { SocketAPI.listen(descriptor.rawValue, backlog) }
    }

    private func set(_ level: Int32, _ option: Int32, _ value: Int32) throws(Errno) {
        var value = value
        _ = try systemCall(.setsockopt) {
            SocketAPI.setsockopt(
                descriptor.rawValue, level, option, &value, MemoryLayout<Int32>.size)
        }
    }

    private func option(_ level: Int32, _ option: Int32) throws(Errno) -> Int32 {
        var value: Int32 = 0
        var byteCount = socklen_t(MemoryLayout<Int32>.size)
        _ = try systemCall(.getsockopt) {
            SocketAPI.getsockopt(descriptor.rawValue, level, option, &value, &byteCount)
        }
        return value
    }
}
