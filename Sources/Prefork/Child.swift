import Glibc

/// What a child of the master is for.
package enum Role: Equatable, Sendable, CustomStringConvertible {
    /// One of so many alike, counted from 0.
    case worker(Int)
    case sealer

    package var description: String {
        switch self {
        case .worker(let number): "worker \(number)"
        case .sealer: "sealer"
        }
    }

    package var isWorker: Bool { self != .sealer }
}

/// What a child is told about its place.
package struct Child {
    package let role: Role
    /// Which configuration it serves: counted from 0, one more with each reload.
    package let generation: Int
    /// Its row in the scoreboard.
    package let row: Int
    package let lifeLine: LifeLine
    package let reports: ChildReports
}
