import Linux
import OpenSSL
import SystemPackage

/// Whether the server takes connections, and what it waits for if it does not.
enum Acceptance: Equatable {
    case open
    /// Others are to take them: told of one that comes, this process looks whether they do.
    case watching
    /// Connections wait and are for others: looked at again in a few milliseconds. `since` is the
    /// monotonic nanosecond since which some have been waiting without a break.
    case yielding(since: Int64)
    /// Until a connection ends.
    case full
    /// There are too many files or no memory: until the next tick.
    case failing
    /// Never again.
    case ended

    /// What the listeners are waited for.
    var interest: Interest? {
        switch self {
        // Each connection wakes one of the processes that wait for it like this.
        case .open: [.readable, .exclusive]
        // Woken as well, and does not take the place of the one that is to accept.
        case .watching: [.readable, .edgeTriggered]
        case .yielding, .full, .failing, .ended: nil
        }
    }
}

/// A listener, its place among the sources, and what epoll waits for.
struct ListeningSource {
    var listener: Listener
    var role: ListenerRole
    /// Nil: without TLS.
    var context: TLSContext?
    var token: EventToken
    var interest: Interest?
}

/// From the listeners to the connections' table, in turn with the processes that share them.
///
/// The kernel hands a connection to any process that waits for it, which with clients that stay
/// means: most to the one that happens to be first. So a process that has more than its share no
/// longer waits, and the kernel's choice falls on the others.
extension Server {
    /// Takes connections from `listener`, which other processes may share.
    ///
    /// - Parameter context: what is behind it speaks TLS by these rules; nil: plain HTTP.
    package func listen(
        on listener: Listener, as role: ListenerRole = ListenerRole(),
        speaking context: TLSContext? = nil
    ) {
        let index = listeners.count
        let token = addSource(listener.number) { [unowned self] () throws(Errno) in
            connectionArrived(index)
        }
        listeners.append(
            ListeningSource(listener: listener, role: role, context: context, token: token))
    }

    /// To be called after every turn.
    @inline(__always)
    func reviewAcceptance() {
        wasOpen = acceptance == .open
        if !wasOpen { reviewWithheldAcceptance() }
    }

    /// How long the loop may sleep, in milliseconds; -1: for ever.
    var patienceMilliseconds: Int32 {
        var until = acceptsUntil
        if case .yielding = acceptance { until = min(until, reviewAt) }
        if until == .max { return -1 }
        return Int32(clamping: max(0, until - nanoseconds + 999_999) / 1_000_000)
    }

    /// Takes connections as long as they are this process's to take.
    func setAcceptance(_ next: Acceptance) {
        acceptance = next
        reviewedCount = connections.count
        for index in listeners.indices where listeners[index].interest != next.interest {
            let (number, token) = (listeners[index].listener.number, listeners[index].token)
            if listeners[index].interest != nil {
                try? epoll.remove(number)
                listeners[index].interest = nil
            }
            guard let interest = next.interest else { continue }
            // Adding can only fail for want of memory; the next tick tries again.
            if (try? epoll.add(number, interest, token)) != nil {
                listeners[index].interest = interest
            }
        }
    }

    /// Takes all that the kernel has queued, and no more for as long as the process lives.
    func endAcceptance() {
        acceptsUntil = .max
        for source in listeners { accept(limits.listenBacklog, from: source) }
        setAcceptance(.ended)
        for source in listeners { source.listener.close() }
        listeners.removeAll()
    }

    private func connectionArrived(_ index: Int) {
        guard index < listeners.count else { return }
        if wasOpen {
            // At least one where the kernel has woken this process for it, whatever has become of
            // its share since: nobody else may have been told.
            accept(Self.acceptedPerTurn, from: listeners[index])
        } else if acceptance == .watching {
            if isAllowed { setAcceptance(.open) } else { yield() }
        }
    }

    /// Takes the connections that wait, at most `count` of them.
    private func accept(_ count: Int, from source: ListeningSource) {
        for _ in 0..<count {
            guard connections.count < connections.capacity else { return withhold(.full) }
            var peer = SocketAddress()
            do {
                guard let socket = try source.listener.accept(&peer) else { return }
                try open(
                    socket, Peer(role: source.role), HostAddress(peer), source.context)
            } catch {
                let isShortage =
                    error == .tooManyOpenFiles || error == .tooManyOpenFilesInSystem
                if isShortage, handler.releaseDescriptors() { continue }
                // Those that are queued wait for the next tick.
                return withhold(.failing)
            }
            if !isAllowed { return withhold(.watching) }
        }
    }

    private func withhold(_ reason: Acceptance) {
        // A drain that is about to close the listeners has nothing to wait for.
        let isEnding = isDraining && acceptsUntil == .max
        if !isEnding { setAcceptance(reason) }
    }

    private var isAllowed: Bool {
        isDraining || nanoseconds < heedlessUntil || mayAccept()
    }

    private func yield() {
        setAcceptance(.yielding(since: nanoseconds))
        reviewAt = nanoseconds + Self.reviewNanoseconds
    }

    private func reviewWithheldAcceptance() {
        switch acceptance {
        case .open, .failing, .ended: return
        case .full:
            if connections.count < connections.capacity { setAcceptance(.open) }
        case .watching:
            // What others do is looked at when a connection comes, what happens here at once.
            guard connections.count < reviewedCount else {
                reviewedCount = connections.count
                return
            }
            reviewedCount = connections.count
            if isAllowed { setAcceptance(.open) }
        case .yielding(let since):
            guard connections.count < reviewedCount || nanoseconds >= reviewAt else { return }
            reviewedCount = connections.count
            reviewAt = nanoseconds + Self.reviewNanoseconds
            if isAllowed { return setAcceptance(.open) }
            if !listeners.contains(where: { $0.listener.hasWaitingConnection }) {
                setAcceptance(.watching)
            } else if nanoseconds - since >= Self.patienceNanoseconds {
                // Whose turn it is does not come: better unequal than late.
                heedlessUntil = nanoseconds + Self.heedlessNanoseconds
                setAcceptance(.open)
            }
        }
    }

    /// Connections accepted in one turn, so that another process gets some of a burst.
    private static var acceptedPerTurn: Int { 16 }
    private static var reviewNanoseconds: Int64 { 5_000_000 }
    /// How long connections may wait for those whose turn it is.
    private static var patienceNanoseconds: Int64 { 100_000_000 }
    /// How long shares do not count after that.
    private static var heedlessNanoseconds: Int64 { 1_000_000_000 }

    private func open(
        _ socket: consuming Socket, _ peer: Peer, _ source: HostAddress?, _ context: TLSContext?
    ) throws(Errno) {
        if isFlood(of: source) {
            var peer = peer
            peer.address = PeerName(source)
            return handler.didRefuse(.address, of: peer)
        }
        guard let slot = connections.claim() else { return }
        socket.disableDelay()
        let number = socket.descriptor.rawValue
        let token = EventToken(slot: slot, generation: connections[slot].generation)
        // Several listeners may each bring one at the same time. Nobody is refused as long as
        // another process has room.
        let isSurplus = connections.count > limits.connections && mayAccept()
        connections[slot].socket = consume socket
        connections[slot].peer = peer
        connections[slot].phase = .head
        connections[slot].share = Share()
        connections[slot].isBehind = false
        connections[slot].isSurplus = isSurplus
        connections[slot].deadline =
            now
            + Int64(isSurplus ? limits.surplusTimeoutSeconds : limits.keepAliveTimeoutSeconds)
        // A tenth of spread, so that connections that came together do not all leave together.
        let age = Int64(limits.connectionAgeSeconds)
        connections[slot].retiresAt = now + age + (Int64(slot) % 21 - 10) * age / 100
        if let context { beginHandshake(slot, number, context) }
        meet(slot, source)
        do {
            try epoll.add(number, .readable, token)
        } catch {
            close(slot)
            throw error
        }
        load.connections = connections.count
        onLoad(load)
    }
}
