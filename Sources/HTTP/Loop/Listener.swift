// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import SystemPackage

/// A listening socket, which the master opens and its workers share.
package final class Listener {
    private var socket: Socket?
    /// The file of a Unix socket as it was when the listener bound or adopted it.
    private let file: FileStatus?

    /// The descriptor's number, valid until it is closed.
    package let number: Int32
    package let address: SocketAddress

    /// Listens on `address`, with at most `backlog` connections waiting to be accepted.
    ///
    /// - Parameters:
    ///   - mode: the permissions of a Unix socket's file.
    ///   - owner: the owner of the socket's file; nil for this process's user.
    package convenience init(
        on address: SocketAddress, backlog: Int32, mode: UInt32 = 0o660,
        owner: Credentials? = nil
    ) throws(Errno) {
        try self.init(
            Socket.listening(on: address, backlog: backlog, mode: mode, owner: owner))
    }

    /// Adopts a socket on which another program, or an earlier one, already listens.
    ///
    /// Anything but a listening stream socket is `Errno.invalidArgument` or `Errno.notSocket`.
    package convenience init(adopting descriptor: consuming Descriptor) throws(Errno) {
        try self.init(Socket.adopting(descriptor))
    }

    private init(_ listening: consuming Socket) throws(Errno) {
        number = listening.descriptor.rawValue
        address = try listening.localAddress()
        file = try address.path.flatMap { path throws(Errno) in
            try path.isEmpty ? nil : FileStatus(at: path)
        }
        socket = consume listening
    }

    /// The next waiting connection; nil if none waits.
    func accept(_ peer: inout SocketAddress) throws(Errno) -> Socket? {
        try socket?.accept(&peer)
    }

    /// Stops new connections, so that the listener can be closed without a reset once all waiting
    /// ones are accepted.
    ///
    /// This affects all processes that share the socket, and they cannot undo it, so it is not for
    /// a socket that systemd or a successor continues to use. A Unix socket then counts as
    /// readable.
    package func refuseNewConnections() throws(Errno) { try socket?.refuseNewConnections() }

    /// Changes how many connections may wait, and the permissions of a Unix socket's file.
    package func adjust(backlog: Int32, mode: UInt32) {
        try? socket?.listen(backlog: backlog)
        guard let path = address.path, let file, let current = try? FileStatus(at: path),
            current.isSameFile(as: file)
        else { return }
        _ = try? systemCall(.chmod) { chmod(path, mode) }
    }

    /// Sets whether the descriptor is closed when this process executes another program.
    package func setCloseOnExec(_ isSet: Bool) throws(Errno) {
        try socket?.descriptor.setCloseOnExec(isSet)
    }

    /// Whether a connection waits.
    var hasWaitingConnection: Bool { (try? socket?.hasWaitingConnection()) ?? false }

    /// Stops listening in this process.
    package func close() { socket = nil }

    /// Removes the file of a Unix socket, unless another socket has replaced it.
    ///
    /// Only the process that ends the service calls this, and not for a socket that systemd made.
    package func removeSocketFile() {
        guard let path = address.path, let file,
            let current = try? FileStatus(at: path), current.isSameFile(as: file)
        else { return }
        _ = try? Directory.unlink(path)
    }
}

extension Listener: CustomStringConvertible {
    /// A URL, or `unix:` and the path.
    package var description: String {
        address.path == nil ? "http://\(address)" : "\(address)"
    }
}
