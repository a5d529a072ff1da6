// SPDX-License-Identifier: Apache-2.0

import HTTP
import Ingest
import Protocols

/// The decisions from the head of a request, kept with it until the body has arrived.
///
/// Each connection keeps one, so it has only 64 bits; 0 means that nothing was decided, as for a
/// malformed head.
struct Ticket: RawRepresentable, Equatable {
    private(set) var rawValue: UInt64

    init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Begins a ticket for the route at `route` in the router's table.
    init(route: Int) {
        rawValue = 0
        self[0, bits: 8] = UInt64(route + 1)
    }

    /// The place of the route in the router's table; nil if nothing was decided.
    var route: Int? {
        let value = self[0, bits: 8]
        return value == 0 ? nil : Int(value) - 1
    }

    /// The place of the request's token; -1 for none.
    var sender: Int {
        get { Int(self[8, bits: 24]) - 1 }
        set { self[8, bits: 24] = UInt64(newValue + 1) }
    }

    /// The place of the rule by which pages of another origin may read the answer; nil for none.
    var sharing: Int? {
        get {
            let value = self[32, bits: 16]
            return value == 0 ? nil : Int(value) - 1
        }
        set { self[32, bits: 16] = newValue.map { UInt64($0 + 1) } ?? 0 }
    }

    /// Whether to write all records or none.
    var isAtomic: Bool {
        get { self[48, bits: 1] != 0 }
        set { self[48, bits: 1] = newValue ? 1 : 0 }
    }

    /// Whether the records must be on the disk before the answer; nil: as configured for the
    /// stream.
    var isDurable: Bool? {
        get {
            let value = self[49, bits: 2]
            return value == 0 ? nil : value == 2
        }
        set { self[49, bits: 2] = newValue.map { $0 ? 2 : 1 } ?? 0 }
    }

    /// The form of the body, from the head.
    var form: BodyForm {
        get {
            BodyForm(
                ContentCoding(rawValue: UInt8(self[51, bits: 3])) ?? .identity,
                BodyFormat(rawValue: UInt8(self[54, bits: 4])) ?? .unknown,
                isQuery: self[58, bits: 1] != 0)
        }
        set {
            self[51, bits: 3] = UInt64(newValue.coding.rawValue)
            self[54, bits: 4] = UInt64(newValue.format.rawValue)
            self[58, bits: 1] = newValue.isQuery ? 1 : 0
        }
    }

    /// The number of the answer if the request brings no records and its body is ignored; nil
    /// otherwise.
    var setUp: UInt8? {
        get { self[59, bits: 1] == 0 ? nil : UInt8(self[51, bits: 8]) }
        set {
            self[51, bits: 8] = UInt64(newValue ?? 0)
            self[59, bits: 1] = newValue == nil ? 0 : 1
        }
    }

    @inline(__always)
    private subscript(start: UInt64, bits count: UInt64) -> UInt64 {
        get { rawValue >> start & (1 << count - 1) }
        set {
            let mask: UInt64 = (1 << count - 1) << start
            precondition(newValue < 1 << count, "the value does not fit into a ticket")
            rawValue = rawValue & ~mask | newValue << start
        }
    }
}

extension RequestHead {
    /// The decisions from this head.
    var decided: Ticket { Ticket(rawValue: ticket) }
}
