// SPDX-License-Identifier: Apache-2.0

import Linux
import Testing

@testable import HTTP

struct LoadTests {
    private static func host(_ number: UInt64) -> HostAddress {
        HostAddress(high: 0x2001_0db8_0000_0000 | number, low: 1)
    }

    private static func limits(_ change: (inout Limits) -> Void) -> Limits {
        var limits = Limits()
        change(&limits)
        return limits
    }

    @Test
    func `a request in flight is counted once and counted off once`() {
        var load = Load(limits: Limits())
        var part = Load.Part()
        load.open()
        let begun = (0..<2).map { _ in load.beginRequest(of: &part) }
        #expect(begun == [true, false])
        #expect(load.counts == Load.Counts(connections: 1, requestsInFlight: 1))
        let ended = (0..<2).map { _ in load.endRequest(of: &part) }
        #expect(ended == [true, false])
        #expect(load.counts == Load.Counts(connections: 1))
    }

    @Test
    func `a connection that ends releases its memory`() {
        var load = Load(limits: Limits())
        var parts = [Load.Part(), Load.Part()]
        for index in parts.indices {
            load.open()
            load.count(1000, for: &parts[index])
            load.count(300 + index, for: &parts[index])
        }
        #expect(load.bufferedByteCount == 601)
        #expect(!load.isAlone(parts[0]))
        load.close(parts[1])
        #expect(load.bufferedByteCount == 300 && load.counts.connections == 1)
        #expect(load.isAlone(parts[0]))
    }

    @Test
    func `connections beyond the limit are a surplus until others have closed`() {
        var load = Load(limits: Self.limits { $0.connections = 2 })
        let part = Load.Part()
        for _ in 0..<2 { load.open() }
        #expect(load.surplus(nil, part) == nil)
        #expect(load.exceedsConnections(with: 1) && !load.exceedsConnections())
        load.open()
        #expect(load.surplus(nil, part) == .connections)
        load.close(part)
        #expect(load.surplus(nil, part) == nil)
    }

    @Test
    func `an address has a limit of connections, some more are answered, and no more`() {
        let limits = Self.limits {
            $0.connectionsPerAddress = 2
            $0.surplusConnectionsPerAddress = 1
        }
        var load = Load(limits: limits)
        var parts = [Load.Part](repeating: Load.Part(), count: 3)
        var verdicts: [Bool] = []
        for index in parts.indices {
            #expect(!load.isFlood(of: Self.host(0)))
            load.open()
            load.add(Self.host(0), for: &parts[index])
            verdicts.append(load.exceedsAddressLimit(Self.host(0), parts[index]))
        }
        #expect(verdicts == [false, false, true])
        #expect(load.isFlood(of: Self.host(0)) && !load.isFlood(of: Self.host(1)))
        #expect(load.surplus(Self.host(0), parts[2]) == .connectionsPerAddress)
        // A connection that is not counted, as a proxy's, is none of them.
        #expect(load.surplus(Self.host(0), Load.Part()) == nil)
        load.remove(Self.host(0), for: &parts[0])
        load.remove(Self.host(0), for: &parts[0])
        #expect(!load.isFlood(of: Self.host(0)))
        #expect(load.surplus(Self.host(0), parts[2]) == nil)
        // The second removal has changed nothing.
        load.add(Self.host(0), for: &parts[0])
        #expect(load.isFlood(of: Self.host(0)))
    }

    @Test
    func `without a limit no address has too many`() {
        let load = Load(
            limits: Self.limits {
                $0.connectionsPerAddress = 0
                $0.surplusConnectionsPerAddress = 0
            })
        #expect(!load.isFlood(of: Self.host(0)))
    }

    @Test(arguments: [
        // Announced, held by the handler, kept by this connection and by the others.
        (0, 0, 0, 0, nil), (1000, 0, 0, 0, nil), (1001, 0, 0, 0, Overload.bufferedBytes),
        (500, 501, 0, 0, .bufferedBytes), (500, 0, 0, 501, .bufferedBytes),
        // What the connection itself keeps is of the same request.
        (500, 0, 700, 500, nil),
        // More than a body may have is not waited for.
        (1 << 40, 0, 0, 0, .bufferedBytes),
    ])
    func `a body has to fit into the remaining room`(
        announced: Int, held: Int, own: Int, others: Int, expected: Overload?
    ) {
        var load = Load(limits: Self.limits { $0.bufferedByteCount = 1000 })
        var (mine, theirs) = (Load.Part(), Load.Part())
        load.count(own, for: &mine)
        load.count(others, for: &theirs)
        #expect(load.overload(announced: announced, held: held, mine) == expected)
    }

    @Test
    func `a body that is too large counts as the largest that is read`() {
        let limits = Self.limits {
            $0.bufferedByteCount = 1000
            $0.bodyByteCount = 800
        }
        #expect(Load(limits: limits).overload(announced: .max, held: 0, Load.Part()) == nil)
    }

    @Test
    func `requests in flight are limited`() {
        var load = Load(limits: Self.limits { $0.requestsInFlight = 1 })
        var part = Load.Part()
        #expect(load.overload(announced: 0, held: 0, Load.Part()) == nil)
        _ = load.beginRequest(of: &part)
        #expect(load.overload(announced: 0, held: 0, Load.Part()) == .requestsInFlight)
    }

    @Test
    func `unread answers have to fit into the remaining room`() {
        var load = Load(limits: Self.limits { $0.bufferedByteCount = 1000 })
        var part = Load.Part()
        load.count(600, for: &part)
        #expect(load.hasRoom(forAnswers: 400) && !load.hasRoom(forAnswers: 401))
        #expect(!load.isExceeded(held: 400) && load.isExceeded(held: 401))
    }
}
