// SPDX-License-Identifier: Apache-2.0

import Glibc
import Linux
import Prefork

/// A process's own row of the scoreboard, to count in.
package struct Counters {
    package let scoreboard: Scoreboard
    package let row: Int
    private let firstRequest: Int

    package init(_ scoreboard: Scoreboard, row: Int, _ layout: CounterLayout) {
        self.scoreboard = scoreboard
        self.row = row
        firstRequest = layout.firstRequest
    }

    @inlinable package func add(_ amount: Int, to cell: Cell) {
        scoreboard.add(Int64(amount), row: row, cell: cell.rawValue)
    }

    package func set(_ cell: Cell, to value: Int64) { scoreboard[row, cell.rawValue] = value }

    /// - Parameter place: the stream's, in the `StreamDirectory`.
    @inlinable package func add(_ amount: Int, to cell: StreamCell, at place: Int) {
        scoreboard.add(Int64(amount), row: row, cell: cell.index(at: place))
    }

    /// - Parameter path: the number of the endpoint, in `CounterLayout.paths`.
    package func countRequest(_ path: Int, _ status: UInt16) {
        let cell = CounterLayout.request(path, status, from: firstRequest)
        scoreboard.add(1, row: row, cell: cell)
    }

    /// - Parameter reason: its number, in `CounterLayout.rejections`.
    package func countRejection(_ reason: Int, _ count: Int) {
        let cell = CounterLayout.firstRejection + reason
        precondition(cell < firstRequest)
        scoreboard.add(Int64(count), row: row, cell: cell)
    }

    /// Counts `count` answers that each took `nanoseconds`.
    package func countAcknowledgements(_ count: Int, took nanoseconds: Int64) {
        add(count, to: .ackCount)
        scoreboard.add(
            nanoseconds &* Int64(count), row: row, cell: Cell.ackNanoseconds.rawValue)
        guard let bucket = CounterLayout.ackBounds.firstIndex(where: { nanoseconds <= $0 }) else {
            return
        }
        scoreboard.add(Int64(count), row: row, cell: CounterLayout.firstBucket + bucket)
    }

    /// Whether the master has announced that the service will stop.
    package var isStopAnnounced: Bool { scoreboard[0, .stopIsAnnounced] != 0 }
}

// MARK: The start of a process

extension Counters {
    /// In a child: takes over the row of an earlier process, and continues its counts.
    ///
    /// - Parameter number: among the processes of the role; nil where it has only one.
    package func begin(_ role: RowRole, number: Int?, generation: Int) {
        set(.state, to: ProcessState.absent.rawValue)
        set(.process, to: Int64(getpid()))
        set(.heartbeat, to: Clock.monotonicSeconds())
        set(.generation, to: Int64(generation))
        set(.writtenBefore, to: scoreboard[row, .written])
        noteBeginning()
        balanceCounts()
        set(.number, to: Int64(number ?? -1))
        // Otherwise an error of another role would be reported as one of this role.
        if scoreboard[row, .role] != role.number { set(.lastErrorAt, to: 0) }
        set(.role, to: role.number)
        scoreboard.use(row: row)
    }

    /// Makes the counts of records agree: the row's earlier process may have been killed between
    /// two counts of one request.
    func balanceCounts() {
        let rejected = (CounterLayout.firstRejection..<firstRequest).reduce(0) {
            $0 + scoreboard[row, $1]
        }
        set(.rejected, to: rejected)
        set(.received, to: scoreboard[row, .written] + rejected)
    }

    /// Records what stays the same during the life of this process, and what it uses now.
    package func noteBeginning() {
        set(.beganAt, to: Clock.epochSeconds())
        set(.descriptorLimit, to: Int64(descriptorLimit()))
        noteUsage()
    }

    /// Records what this process uses; each process does so once a second.
    package func noteUsage() {
        let usage = ProcessUsage.ofThisProcess()
        set(.processorNanoseconds, to: usage.processorNanoseconds)
        set(.virtualBytes, to: usage.virtualByteCount)
        set(.residentBytes, to: usage.residentByteCount)
        set(.openDescriptors, to: usage.openDescriptorCount)
    }
}
