// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux

// Work that a test must do in a process of its own, chosen by the first argument.
let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "drop" where arguments.count == 3: drop(user: arguments[1], group: arguments[2])
case "list" where arguments.count == 2: list(arguments[1])
case "memory": measureMemory(byteCount: 64 << 20)
case "sockets": serveActivatedSockets()
case "title" where arguments.count == 3: show(arguments[1], variable: arguments[2])
default:
    print(
        "usage: LinuxProbe drop USER GROUP | list DIRECTORY | memory | sockets"
            + " | title TITLE VARIABLE")
    exit(64)
}

/// Becomes another user, twice, and prints the user and groups.
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

/// Prints where a path leads and the names in that directory, in order.
func list(_ path: String) {
    do {
        let directory = try SymbolicLink.resolve(path)
        print(directory)
        for name in try Directory.names(in: directory).sorted() { print(name) }
    } catch {
        print("\(error)")
        exit(1)
    }
}

/// Prints by how much private memory grows when `byteCount` bytes of it are used.
func measureMemory(byteCount: Int) {
    let before = ProcessMemory.privateByteCount() ?? 0
    withUnsafeTemporaryAllocation(byteCount: byteCount, alignment: 4096) { buffer in
        for page in stride(from: 0, to: byteCount, by: 4096) { buffer[page] = 1 }
        print((ProcessMemory.privateByteCount() ?? 0) - before)
    }
}

/// Sets a title, and prints the rest of the arguments and of a variable.
func show(_ title: String, variable: String) {
    ProcessTitle.prepare()
    ProcessTitle.set(title)
    let shown = (try? Descriptor.contents(of: "/proc/self/cmdline")) ?? ""
    print(shown.prefix { $0 != "\0" })
    print(CommandLine.arguments[2], getenv(variable).map { String(cString: $0) } ?? "nothing")
}

/// Prints the sockets that this process was started with, and greets a client of the first.
func serveActivatedSockets() {
    do {
        for number in try ActivatedSockets.take() {
            let isClosedOnExec = fcntl(number, F_GETFD) == FD_CLOEXEC
            let socket = try Socket.adopting(Descriptor(owning: number))
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
