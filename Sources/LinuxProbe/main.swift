import Glibc
import Linux

// What a test must do in a process of its own: the first argument says what.
let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "drop" where arguments.count == 3: drop(user: arguments[1], group: arguments[2])
case "sockets": serveActivatedSockets()
default:
    print("usage: LinuxProbe drop USER GROUP | sockets")
    exit(64)
}

/// Becomes somebody else, twice, and prints who that is.
func drop(user: String, group: String) {
    do {
        let credentials = try Credentials.named(user: user, group: group)
        try credentials?.drop()
        try credentials?.drop()
        let status = try Descriptor.contents(of: "/proc/self/status")
        for line in status.split(separator: "\n") {
            guard let field = line.split(separator: ":").first,
                ["Uid", "Gid", "Groups"].contains(field)
            else { continue }
            print(line.split { $0 == "\t" || $0 == " " }.joined(separator: " "))
        }
    } catch {
        print("\(error)")
        exit(1)
    }
}

/// Prints which sockets this process was started with, and greets who connects to the first.
func serveActivatedSockets() {
    do {
        for number in try ActivatedSockets.take() {
            let socket = try Socket.adopting(Descriptor(owning: number))
            let isClosedOnExec = fcntl(number, F_GETFD) == FD_CLOEXEC
            print(number, try socket.localAddress(), isClosedOnExec ? "close-on-exec" : "kept")
            var peer = SocketAddress()
            if let client = try socket.accept(&peer) {
                _ = try client.send([UInt8]("hello".utf8).span)
            }
        }
    } catch {
        print("\(error)")
        exit(1)
    }
}
