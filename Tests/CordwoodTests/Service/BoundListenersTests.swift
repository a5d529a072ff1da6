// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import Foundation
import HTTP
import Linux
import Testing

@testable import Cordwood

/// The sockets of one generation and of the next.
@Suite struct BoundListenersTests {
    private let directory = FileManager.default.temporaryDirectory
        .appending(path: "cordwood-\(UUID().uuidString.prefix(8))").path

    init() throws {
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true)
    }

    private func path(_ name: String) -> String { "\(directory)/\(name)" }

    private func address(_ name: String) -> ListenAddress { .unix(path: path(name)) }

    private func exists(_ name: String) -> Bool {
        FileManager.default.fileExists(atPath: path(name))
    }

    private func settings(_ names: [String], admin: [String] = []) -> Configuration {
        var settings = Configuration()
        settings.listen = names.map(address)
        settings.admin.listen = admin.map(address)
        return settings
    }

    private func open(
        _ settings: Configuration, reusing open: [BoundListener] = []
    ) throws -> BoundListeners {
        try BoundListeners(settings, owner: nil, reusing: open)
    }

    private func retire(_ listeners: BoundListeners) {
        for bound in listeners.all { bound.retire() }
        try? FileManager.default.removeItem(atPath: directory)
    }

    @Test func `an address that stays keeps its socket, another gets a new one`() throws {
        let first = try open(settings(["a", "b"]))
        let second = try open(settings(["b", "c"]), reusing: first.all)
        #expect(second.all.map(\.address) == [address("b"), address("c")])
        #expect(second.all[0].listener === first.all[1].listener)
        #expect(first.without(second).map(\.address) == [address("a")])
        #expect(second.without(first).map(\.address) == [address("c")])
        #expect(first.without(nil).count == 2)
        retire(first)
        retire(second)
    }

    @Test func `a failure releases the sockets that were opened, and no others`() throws {
        let first = try open(settings(["a"]))
        #expect(FileManager.default.createFile(atPath: path("taken"), contents: nil))
        #expect(throws: StartError.self) {
            try open(settings(["a", "b", "taken"]), reusing: first.all)
        }
        #expect(exists("a") && !exists("b") && exists("taken"))
        // The socket that serves still accepts.
        #expect(try open(settings(["a"]), reusing: first.all).all[0].listener.address.path != nil)
        retire(first)
    }

    @Test func `an inherited socket stays, and is not opened a second time`() throws {
        let opened = try open(settings(["a"]))
        let copy = try Listener(adopting: Descriptor(owning: dup(opened.all[0].listener.number)))
        let inherited = BoundListener(address: nil, listener: copy)
        let listeners = try open(settings(["a", "b"]), reusing: [inherited])
        #expect(listeners.all.map(\.address) == [nil, address("b")])
        #expect(inherited.serves(address("a")) && !inherited.serves(address("b")))
        // Without its address in the configuration it stays too: systemd has opened it.
        let without = try open(settings(["b"]), reusing: listeners.all)
        #expect(without.all.map(\.address) == [nil, address("b")])
        // Its file is not this program's to remove.
        inherited.retire()
        #expect(exists("a"))
        retire(opened)
        retire(listeners)
    }

    @Test func `a reload may change the role of a socket`() throws {
        let first = try open(settings(["a", "b"]))
        #expect(first.all.map { first.role(of: $0).isAdmin } == [false, false])
        let second = try open(settings(["a"], admin: ["b"]), reusing: first.all)
        #expect(second.all.map { second.role(of: $0).isAdmin } == [false, true])
        #expect(second.all[1].listener === first.all[1].listener)
        var secure = settings(["a"])
        secure.tls.listen = [address("b")]
        let third = try open(secure, reusing: second.all)
        #expect(third.all.map { third.speaksTLS($0) } == [false, true])
        #expect(
            third.all.map { third.name(of: $0) } == [
                "unix:\(path("a"))", "unix:\(path("b")) by TLS",
            ])
        retire(third)
    }

    @Test func `a reload changes the mode of the socket files that the program made`() throws {
        let foreign = try open(settings(["a"]))
        let copy = try Listener(adopting: Descriptor(owning: dup(foreign.all[0].listener.number)))
        let inherited = BoundListener(address: nil, listener: copy)
        var settings = settings(["a", "b"])
        settings.files.socketMode = 0o660
        let listeners = try open(settings, reusing: [inherited])
        settings.files.socketMode = 0o600
        let before = try mode("a")
        listeners.adjust(settings)
        #expect(try mode("a") == before && mode("b") == 0o600)
        retire(foreign)
        retire(listeners)
    }

    private func mode(_ name: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path(name))[.posixPermissions] as? Int
    }

    @Test func `a TCP address is a URL, with TLS or without`() throws {
        var settings = Configuration()
        settings.listen = [.address(host: "127.0.0.1", port: 0)]
        settings.tls.listen = [.address(host: "127.0.0.2", port: 0)]
        let listeners = try open(settings)
        let names = listeners.all.map { listeners.name(of: $0) }
        #expect(names.count == 2 && names[0].hasPrefix("http://127.0.0.1:"))
        #expect(names.last?.hasPrefix("https://127.0.0.2:") == true)
        retire(listeners)
    }

    @Test func `an address that cannot be used is named`() throws {
        var settings = Configuration()
        settings.listen = [.address(host: "localhost", port: 1)]
        #expect(throws: StartError.address("localhost:1")) { try open(settings) }
    }
}
