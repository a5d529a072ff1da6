// SPDX-License-Identifier: Apache-2.0

/// A kind of child: a line of the table that the service gives to its master.
package struct Role: Equatable, Sendable {
    /// In the diagnostic log and in the title of the process.
    package let name: String
    /// How many children have it.
    package let count: Int
    /// Whether the service stops when no child of this role can start any more.
    package let isEssential: Bool
    /// Whether TTIN and TTOU change the count; they change the first role that allows it.
    package let isResizable: Bool

    package init(name: String, count: Int, isEssential: Bool = false, isResizable: Bool = false) {
        self.name = name
        self.count = count
        self.isEssential = isEssential
        self.isResizable = isResizable
    }

    /// The children of an earlier program: whatever their roles are, they are not replaced.
    static let earlier = Role(name: "earlier", count: 0)

    /// The position of the child with this number.
    func position(_ number: Int) -> Position {
        Position(role: name, number: isResizable || count > 1 ? number : nil)
    }

    var positions: [Position] { (0..<count).map(position) }
}

/// The position of a child: its role, and its number in it, such as `worker 3`.
package struct Position: Hashable, Sendable, CustomStringConvertible {
    package let role: String
    /// Counted from 0; nil in a role that always has one child.
    package let number: Int?

    package init(role: String, number: Int?) {
        self.role = role
        self.number = number
    }

    package var description: String { number.map { "\(role) \($0)" } ?? role }
}
