import HTTP
import Ingest
import Protocols

/// What was decided by the head of a request, kept with it until the body has come.
///
/// Each connection keeps one, so all of it is in 64 bits; 0 is that of a head by which nothing was
/// decided, as of one that is malformed.
struct Ticket: RawRepresentable, Equatable {
    private(set) var rawValue: UInt64

    init(rawValue: UInt64) { self.rawValue = rawValue }

    /// Begins one for the route at `route` in the router's table.
    init(route: Int) {
        rawValue = 0
        self[0, bits: 8] = UInt64(route + 1)
    }

    /// The place of the route in the router's table; nil: nothing was decided.
    var route: Int? {
        let value = self[0, bits: 8]
        return value == 0 ? nil : Int(value) - 1
    }

    /// The place of the token that came with the request; -1: none did.
    var sender: Int {
        get { Int(self[8, bits: 24]) - 1 }
        set { self[8, bits: 24] = UInt64(newValue + 1) }
    }

    /// The place of the rule by which pages of another origin may read the answer; nil: none does.
    var sharing: Int? {
        get {
            let value = self[32, bits: 16]
            return value == 0 ? nil : Int(value) - 1
        }
        set { self[32, bits: 16] = newValue.map { UInt64($0 + 1) } ?? 0 }
    }

    /// Whether all records or none are to be written.
    var isAtomic: Bool {
        get { self[48, bits: 1] != 0 }
        set { self[48, bits: 1] = newValue ? 1 : 0 }
    }

    /// Whether the records are to be on the disk before the answer; nil: as its stream has it.
    var isDurable: Bool? {
        get {
            let value = self[49, bits: 2]
            return value == 0 ? nil : value == 2
        }
        set { self[49, bits: 2] = newValue.map { $0 ? 2 : 1 } ?? 0 }
    }

    /// What the head says of the body.
    var form: BodyForm {
        get {
            BodyForm(
                ContentCoding(rawValue: UInt8(self[51, bits: 2])) ?? .identity,
                BodyFormat(rawValue: UInt8(self[53, bits: 4])) ?? .unknown,
                isQuery: self[57, bits: 1] != 0)
        }
        set {
            self[51, bits: 2] = UInt64(newValue.coding.rawValue)
            self[53, bits: 4] = UInt64(newValue.format.rawValue)
            self[57, bits: 1] = newValue.isQuery ? 1 : 0
        }
    }

    @inline(__always)
    private subscript(start: UInt64, bits count: UInt64) -> UInt64 {
        get { rawValue >> start & (1 << count - 1) }
        set {
            let mask: UInt64 = (1 << count - 1) << start
            precondition(newValue < 1 << count, "there is no room for this in a ticket")
            rawValue = rawValue & ~mask | newValue << start
        }
    }
}

extension RequestHead {
    /// What was decided by this head.
    var decided: Ticket { Ticket(rawValue: ticket) }
}
