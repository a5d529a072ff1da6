import Glibc
import Linux
import SystemPackage

/// A listening socket, which the master opens and its workers share.
package final class Listener {
    private var socket: Socket?
    /// The file of a Unix socket as it was when it was bound or adopted.
    private let file: FileStatus?

    /// The descriptor's number, for as long as it is not closed.
    package let number: Int32
    package let address: SocketAddress

    /// Listens on `address`, with `backlog` connections waiting to be accepted at the most.
    ///
    /// - Parameters:
    ///   - mode: the permissions of a Unix socket's file.
    ///   - owner: whose file it will be; nil: this process's.
    package convenience init(
        on address: SocketAddress, backlog: Int32, mode: UInt32 = 0o660,
        owner: Credentials? = nil
    ) throws(Errno) {
        try self.init(
            Socket.listening(on: address, backlog: backlog, mode: mode, owner: owner))
    }

    /// Takes over a socket on which another program, or an earlier one, has begun to listen.
    ///
    /// What is no listening stream socket is `Errno.invalidArgument` or `Errno.notSocket`.
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

    /// The next waiting connection; nil when there is none.
    func accept(_ peer: inout SocketAddress) throws(Errno) -> Socket? {
        try socket?.accept(&peer)
    }

    /// Lets no further connection begin, so that the listener can be closed without a reset once
    /// all that wait are accepted.
    ///
    /// It concerns all processes that share the socket, and cannot be taken back by them: it is
    /// not for a socket that systemd or a successor goes on using. A Unix socket counts as
    /// readable from then on.
    package func refuseNewConnections() throws(Errno) { try socket?.refuseNewConnections() }

    /// Changes how many connections may wait, and the permissions of a Unix socket's file.
    package func adjust(backlog: Int32, mode: UInt32) {
        try? socket?.listen(backlog: backlog)
        guard let path = address.path, let file, let current = try? FileStatus(at: path),
            current.isSameFile(as: file)
        else { return }
        _ = try? systemCall(.chmod) { chmod(path, mode) }
    }

    /// Whether the program that this process may become will not have it.
    package func setCloseOnExec(_ isSet: Bool) throws(Errno) {
        try socket?.descriptor.setCloseOnExec(isSet)
    }

    /// Whether a connection waits.
    var hasWaitingConnection: Bool { (try? socket?.hasWaitingConnection()) ?? false }

    /// Stops listening, as far as this process goes.
    package func close() { socket = nil }

    /// Removes the file of a Unix socket, unless another socket has taken its place.
    ///
    /// Only for the process that ends the service, and not for a socket that systemd made.
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
