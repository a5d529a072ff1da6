// SPDX-License-Identifier: Apache-2.0

import Ingest
import Protocols
import Testing

@testable import Cordwood

struct TicketTests {
    @Test func `decisions are read back, in every combination`() {
        for route in [0, 1, 12, 254] {
            for sender in [-1, 0, 1, 100_000, (1 << 24) - 2] {
                for sharing in [nil, 0, 65_534] as [Int?] {
                    for isDurable in [nil, false, true] as [Bool?] {
                        check(route, sender, sharing, isDurable)
                    }
                }
            }
        }
    }

    private func check(_ route: Int, _ sender: Int, _ sharing: Int?, _ isDurable: Bool?) {
        for coding in ContentCoding.allCases {
            for format in BodyFormat.allCases {
                for flag in [false, true] {
                    var ticket = Ticket(route: route)
                    ticket.sender = sender
                    ticket.sharing = sharing
                    ticket.isDurable = isDurable
                    ticket.isAtomic = flag
                    ticket.form = BodyForm(coding, format, isQuery: !flag)
                    let kept = Ticket(rawValue: ticket.rawValue)
                    #expect(kept.route == route && kept.sender == sender)
                    #expect(kept.sharing == sharing && kept.isDurable == isDurable)
                    #expect(kept.isAtomic == flag)
                    #expect(kept.form == BodyForm(coding, format, isQuery: !flag))
                }
            }
        }
    }

    @Test func `a head that was not read has no decisions`() {
        #expect(Ticket(rawValue: 0).route == nil)
        #expect(Ticket(rawValue: 0).sender == -1)
        #expect(Ticket(route: 0).sharing == nil)
    }
}
