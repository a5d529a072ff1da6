// SPDX-License-Identifier: Apache-2.0

#if FoundationSockets
    import Foundation
#else
    import Glibc
#endif

/// The calls of the socket API: the only place that says which module brings them.
///
/// That is Glibc, or Foundation with the trait `FoundationSockets`. Foundation re-exports Glibc on
/// Linux, so the functions are the same. None waits, because every socket is non-blocking.
///
/// Glibc is the default because Foundation links ICU: the stripped binary has 63 MB instead of
/// 18.8, and a worker 0.5 MB more shared memory and 3 ms more at its start, with no thread and the
/// same private memory.
enum SocketAPI {
    @inline(__always)
    static func socket(_ family: Int32, _ type: Int32) -> Int32 { Glibc.socket(family, type, 0) }

    @inline(__always)
    static func bind(
        _ number: Int32, _ address: UnsafePointer<sockaddr>, _ byteCount: socklen_t
    ) -> Int32 {
        Glibc.bind(number, address, byteCount)
    }

    @inline(__always)
    static func listen(_ number: Int32, _ backlog: Int32) -> Int32 {
        Glibc.listen(number, backlog)
    }

    @inline(__always)
    static func connect(
        _ number: Int32, _ address: UnsafePointer<sockaddr>, _ byteCount: socklen_t
    ) -> Int32 {
        Glibc.connect(number, address, byteCount)
    }

    @inline(__always)
    static func shutdown(_ number: Int32, _ direction: Int) -> Int32 {
        Glibc.shutdown(number, Int32(direction))
    }

    @inline(__always)
    static func getsockname(
        _ number: Int32, _ address: UnsafeMutablePointer<sockaddr>,
        _ byteCount: UnsafeMutablePointer<socklen_t>
    ) -> Int32 {
        Glibc.getsockname(number, address, byteCount)
    }

    @inline(__always)
    static func getsockopt(
        _ number: Int32, _ level: Int32, _ option: Int32, _ value: UnsafeMutableRawPointer,
        _ byteCount: UnsafeMutablePointer<socklen_t>
    ) -> Int32 {
        Glibc.getsockopt(number, level, option, value, byteCount)
    }

    @inline(__always)
    static func setsockopt(
        _ number: Int32, _ level: Int32, _ option: Int32, _ value: UnsafeRawPointer,
        _ byteCount: Int
    ) -> Int32 {
        Glibc.setsockopt(number, level, option, value, socklen_t(byteCount))
    }

    @inline(__always)
    static func recv(
        _ number: Int32, _ buffer: UnsafeMutableRawBufferPointer, _ flags: Int32
    ) -> Int {
        Glibc.recv(number, buffer.baseAddress, buffer.count, flags)
    }

    @inline(__always)
    static func send(_ number: Int32, _ bytes: UnsafeRawBufferPointer, _ flags: Int32) -> Int {
        Glibc.send(number, bytes.baseAddress, bytes.count, flags)
    }

    @inline(__always)
    static func sendto(
        _ number: Int32, _ bytes: UnsafeRawBufferPointer, _ flags: Int32,
        _ address: UnsafePointer<sockaddr>, _ byteCount: socklen_t
    ) -> Int {
        Glibc.sendto(number, bytes.baseAddress, bytes.count, flags, address, byteCount)
    }

    @inline(__always)
    static func poll(_ query: UnsafeMutablePointer<pollfd>, _ milliseconds: Int32) -> Int32 {
        Glibc.poll(query, 1, milliseconds)
    }
}
