// SPDX-License-Identifier: Apache-2.0

/// What a child knows of itself when it starts.
package struct Child {
    package let position: Position
    /// The configuration that it serves: counted from 0, one more with each reload.
    package let generation: Int
    /// Its row in the scoreboard.
    package let row: Int
    package let lifeLine: LifeLine
    package let reports: ChildReports
}
