// SPDX-License-Identifier: Apache-2.0

import CordwoodConfiguration
import HTTP
import Linux
import SystemPackage

/// The listening sockets of a generation.
struct BoundListeners {
    let all: [BoundListener]
    /// The addresses for operators, and those that speak TLS.
    private let adminAddresses: [ListenAddress]
    private let tlsAddresses: [ListenAddress]

    /// Opens the sockets that `settings` ask for; if one fails, those it has opened are closed
    /// again.
    ///
    /// - Parameter open: the open sockets; inherited sockets, and those for an address that is still
    ///   configured, are used again.
    init(
        _ settings: Configuration, owner: Credentials?, reusing open: [BoundListener]
    ) throws(StartError) {
        adminAddresses = settings.admin.listen
        tlsAddresses = settings.tls.listen
        var all = open.filter { $0.address == nil }
        for address in settings.listen + settings.tls.listen + settings.admin.listen {
            if let bound = open.first(where: { $0.address == address }) {
                all.append(bound)
                continue
            }
            if all.contains(where: { $0.isInherited(for: address) }) { continue }
            do {
                let listener = try Self.listen(on: address, settings, owner)
                all.append(BoundListener(address: address, listener: listener))
            } catch {
                for bound in all where !Self.contains(bound, in: open) { bound.retire() }
                throw error
            }
        }
        self.all = all
    }

    private static func listen(
        on address: ListenAddress, _ settings: Configuration, _ owner: Credentials?
    ) throws(StartError) -> Listener {
        guard let socketAddress = address.socketAddress else {
            throw .address(address.description)
        }
        do {
            return try Listener(
                on: socketAddress, backlog: Int32(settings.http.listenBacklog),
                mode: settings.files.socketMode, owner: owner)
        } catch {
            throw .listen(socketAddress.description, error)
        }
    }

    /// The sockets that systemd has opened.
    static func activated() throws(StartError) -> [BoundListener] {
        let numbers: [Int32]
        do {
            numbers = try ActivatedSockets.take()
        } catch {
            throw .system("take over the sockets that LISTEN_FDS counts", error)
        }
        var activated: [BoundListener] = []
        for number in numbers {
            do {
                let listener = try Listener(adopting: Descriptor(owning: number))
                activated.append(BoundListener(address: nil, listener: listener))
            } catch {
                throw .inherited(number, error)
            }
        }
        return activated
    }

    // MARK: Use

    /// The role of a socket.
    func role(of bound: BoundListener) -> ListenerRole {
        ListenerRole(
            isAdmin: adminAddresses.contains(where: bound.serves), isSecure: speaksTLS(bound))
    }

    func speaksTLS(_ bound: BoundListener) -> Bool { tlsAddresses.contains(where: bound.serves) }

    /// The name of each, those for operators last.
    var names: [String] {
        all.filter { !role(of: $0).isAdmin }.map(name)
            + all.filter { role(of: $0).isAdmin }.map(name)
    }

    /// A URL, or `unix:` and the path.
    func name(of bound: BoundListener) -> String {
        let name = bound.listener.description
        guard speaksTLS(bound) else { return name }
        return bound.listener.address.path == nil
            ? "https" + name.dropFirst("http".count) : name + " by TLS"
    }

    /// Applies the settings that can change without a new socket.
    func adjust(_ settings: Configuration) {
        for bound in all where bound.address != nil {
            bound.listener.adjust(
                backlog: Int32(settings.http.listenBacklog), mode: settings.files.socketMode)
        }
    }

    // MARK: End

    /// The sockets that `other` does not use.
    func without(_ other: BoundListeners?) -> [BoundListener] {
        Self.without(other, all)
    }

    static func without(
        _ other: BoundListeners?, _ listeners: [BoundListener]
    ) -> [BoundListener] {
        guard let other else { return listeners }
        return listeners.filter { !contains($0, in: other.all) }
    }

    private static func contains(_ bound: BoundListener, in all: [BoundListener]) -> Bool {
        all.contains { $0.listener === bound.listener }
    }
}
