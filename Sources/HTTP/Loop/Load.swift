// SPDX-License-Identifier: Apache-2.0

import Linux

/// The totals of a server's connections, and the room that is left for more.
///
/// Connections, requests in flight and buffered bytes are counted as they begin and end, so that a
/// request without room is rejected while that is still cheap.
package struct Load {
    /// The counts that the server reports whenever they change.
    package struct Counts: Equatable, Sendable {
        /// Open connections.
        package var connections = 0
        /// Requests whose bodies are arriving.
        package var requestsInFlight = 0
    }

    /// A connection's part of the totals.
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
    /// The memory that connections use for requests and answers.
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

    /// Counts a connection off; its request and its address are counted off before.
    mutating func close(_ part: Part) {
        assert(!part.isInFlight && !part.hasAddress)
        counts.connections -= 1
        bufferedByteCount -= part.byteCount
    }

    /// Whether there are more connections than the limit, with `more` that are about to be
    /// accepted.
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

    /// Whether a connection is counted for an address that has more connections than it may have.
    func exceedsAddressLimit(_ address: HostAddress, _ part: Part) -> Bool {
        part.hasAddress && addresses.count(of: address) > limits.connectionsPerAddress
    }

    /// Whether an address already has so many connections that one more is not even answered.
    ///
    /// Without this, connections that are only rejected would occupy the slots of others.
    func isFlood(of address: HostAddress) -> Bool {
        limits.connectionsPerAddress > 0
            && addresses.count(of: address)
                >= limits.connectionsPerAddress + limits.surplusConnectionsPerAddress
    }

    // MARK: Requests

    /// Counts a body that is arriving; false if it was already counted.
    mutating func beginRequest(of part: inout Part) -> Bool {
        if part.isInFlight { return false }
        part.isInFlight = true
        counts.requestsInFlight += 1
        return true
    }

    /// Counts off a body that has arrived or never will; false if none was arriving.
    @inline(__always)
    mutating func endRequest(of part: inout Part) -> Bool {
        guard part.isInFlight else { return false }
        part.isInFlight = false
        counts.requestsInFlight -= 1
        return true
    }

    /// Sets the memory that the connection uses.
    @inline(__always)
    mutating func count(_ byteCount: Int, for part: inout Part) {
        bufferedByteCount += byteCount - part.byteCount
        part.byteCount = byteCount
    }

    // MARK: Verdicts

    /// Why a connection that was accepted beyond a limit is answered only 503; nil if others have
    /// closed since.
    func surplus(_ address: HostAddress?, _ part: Part) -> Overload? {
        if exceedsConnections() { return .connections }
        if let address, exceedsAddressLimit(address, part) { return .connectionsPerAddress }
        return nil
    }

    /// Why a request whose body is still to come cannot be accepted; nil if it can.
    ///
    /// - Parameters:
    ///   - announced: how many bytes its head announces; 0 if it does not say.
    ///   - held: the bytes that the handler keeps of other requests.
    func overload(announced: Int, held: Int, _ part: Part) -> Overload? {
        if counts.requestsInFlight >= limits.requestsInFlight { return .requestsInFlight }
        // Room is checked but not reserved, because a client that announces much and sends nothing
        // must not keep others out.
        let others = bufferedByteCount + held - part.byteCount
        if others + min(announced, limits.bodyByteCount) > limits.bufferedByteCount {
            return .bufferedBytes
        }
        return nil
    }

    /// Whether more memory is used than the limit, including the handler's `held` bytes.
    @inline(__always)
    func isExceeded(held: Int) -> Bool { bufferedByteCount + held > limits.bufferedByteCount }

    /// Whether there is room for this many bytes of answers that a peer does not read.
    func hasRoom(forAnswers byteCount: Int) -> Bool {
        bufferedByteCount + byteCount <= limits.bufferedByteCount
    }

    /// Whether no other connection buffers anything; then only its own limits bound it.
    func isAlone(_ part: Part) -> Bool { part.byteCount >= bufferedByteCount }
}
