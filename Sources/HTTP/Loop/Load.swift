import Linux

/// What the connections of a server amount to, and whether there is room for more.
///
/// Connections, requests in flight and buffered bytes are counted as they come and go, so that a
/// request for which there is no room is rejected while that still costs little.
package struct Load {
    /// What the server reports whenever it changes.
    package struct Counts: Equatable, Sendable {
        /// Open connections.
        package var connections = 0
        /// Requests whose bodies are on their way.
        package var requestsInFlight = 0
    }

    /// What one connection has in the sums.
    struct Part: Equatable {
        fileprivate var byteCount32: UInt32 = 0
        fileprivate(set) var isInFlight = false
        fileprivate(set) var hasAddress = false

        fileprivate(set) var byteCount: Int {
            get { Int(byteCount32) }
            set { byteCount32 = UInt32(clamping: newValue) }
        }
    }

    private(set) var counts = Counts()
    /// What the connections keep in memory of requests and answers.
    private(set) var bufferedByteCount = 0
    private var addresses: AddressCounts
    private let limits: Limits

    init(limits: Limits) {
        self.limits = limits
        let isCounting = limits.connectionsPerAddress > 0
        addresses = AddressCounts(
            capacity: isCounting ? limits.connections + limits.surplusConnections : 0)
    }

    // MARK: Connections

    mutating func open() { counts.connections += 1 }

    /// A connection is gone; its request and its address are counted off before.
    mutating func close(_ part: Part) {
        assert(!part.isInFlight && !part.hasAddress)
        counts.connections -= 1
        bufferedByteCount -= part.byteCount
    }

    /// Whether there are more connections than there may be, `more` to come among them.
    func exceedsConnections(with more: Int = 0) -> Bool {
        counts.connections + more > limits.connections
    }

    // MARK: Addresses

    mutating func add(_ address: HostAddress, for part: inout Part) {
        assert(!part.hasAddress)
        part.hasAddress = true
        addresses.add(address)
    }

    mutating func remove(_ address: HostAddress, for part: inout Part) {
        guard part.hasAddress else { return }
        part.hasAddress = false
        addresses.remove(address)
    }

    /// Whether a connection is counted for an address that has more than it may have.
    func exceedsAddressLimit(_ address: HostAddress, _ part: Part) -> Bool {
        part.hasAddress && addresses.count(of: address) > limits.connectionsPerAddress
    }

    /// Whether an address has so many connections already that one more is not even answered.
    ///
    /// Without this, connections that come only to be rejected would take the places of others.
    func isFlood(of address: HostAddress) -> Bool {
        limits.connectionsPerAddress > 0
            && addresses.count(of: address)
                >= limits.connectionsPerAddress + limits.surplusConnectionsPerAddress
    }

    // MARK: Requests

    /// A body is on its way; false: that was known.
    mutating func beginRequest(of part: inout Part) -> Bool {
        if part.isInFlight { return false }
        part.isInFlight = true
        counts.requestsInFlight += 1
        return true
    }

    /// The body is here, or will never be; false: none was on its way.
    @inline(__always)
    mutating func endRequest(of part: inout Part) -> Bool {
        guard part.isInFlight else { return false }
        part.isInFlight = false
        counts.requestsInFlight -= 1
        return true
    }

    /// The connection keeps `byteCount` bytes from now on.
    @inline(__always)
    mutating func count(_ byteCount: Int, for part: inout Part) {
        bufferedByteCount += byteCount - part.byteCount
        part.byteCount = byteCount
    }

    // MARK: Verdicts

    /// Why a connection that came when there were too many gets no answer but 503; nil: others
    /// have gone since.
    func surplus(_ address: HostAddress?, _ part: Part) -> Overload? {
        if exceedsConnections() { return .connections }
        if let address, exceedsAddressLimit(address, part) { return .connectionsPerAddress }
        return nil
    }

    /// Why a request cannot be accepted whose body is still to come; nil if it can.
    ///
    /// - Parameters:
    ///   - announced: how many bytes its head announces; 0: it does not say.
    ///   - held: what the handler keeps of other requests.
    func overload(announced: Int, held: Int, _ part: Part) -> Overload? {
        if counts.requestsInFlight >= limits.requestsInFlight { return .requestsInFlight }
        // Room is looked for and not set aside, because a client that announces much and sends
        // nothing must not keep others out.
        let others = bufferedByteCount + held - part.byteCount
        if others + min(announced, limits.bodyByteCount) > limits.bufferedByteCount {
            return .bufferedBytes
        }
        return nil
    }

    /// Whether more is kept than there is room for, `held` by the handler.
    @inline(__always)
    func isExceeded(held: Int) -> Bool { bufferedByteCount + held > limits.bufferedByteCount }

    /// Whether there is room for so many bytes of answers that a peer does not read.
    func hasRoom(forAnswers byteCount: Int) -> Bool {
        bufferedByteCount + byteCount <= limits.bufferedByteCount
    }

    /// Whether a connection is the only one that keeps anything: its own limits bound it then.
    func isAlone(_ part: Part) -> Bool { part.byteCount >= bufferedByteCount }
}
