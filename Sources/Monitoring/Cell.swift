// SPDX-License-Identifier: Apache-2.0

/// What a process counts in its own row of the scoreboard.
///
/// Counts begin at 0 when the service starts and never fall; gauges report the current value. The
/// name of a cell is part of the layout's identity, so a cell whose meaning changes needs another
/// name.
package enum Cell: Int, CaseIterable, Sendable {
    // Gauges.
    case process, state, heartbeat, connections, requestsInFlight
    // Records.
    case received, written, rejected, unkept
    // Bytes.
    case wireBytes, decodedBytes, writtenBytes
    // Requests answered 503, and connections closed without an answer.
    case overloadWriteError, overloadSyncError, overloadDiskLow, overloadMemory
    case overloadConnections, overloadRequestsInFlight, overloadBufferedBytes, overloadStreams
    case overloadConnectionsPerAddress, refusedProxyHeaders, refusedAddresses
    // TLS.
    case fullHandshakes, resumedHandshakes, failedHandshakes
    // The last error in epoch seconds; the last write that failed and the last that succeeded in
    // monotonic nanoseconds.
    case lastErrorAt, failedAt, writtenAt
    case rollovers, rolloverFailures, rolloverOverdue
    // The master's, in its own row.
    case startedAt, startTime, servingGeneration, workersWanted, nextStart, stopIsAnnounced
    case reloads, reloadFailures, lastReloadFailed, reloadedAt
    case restartsKilled, restartsExited, restartsHung, restartsRecycled
    // The role of the row's process, and the records that the row had when it started.
    case role, number, generation, writtenBefore
    // The sealer's.
    case sealPending, sealPendingBytes, sealPendingSince
    case sealFailures, sealedFiles, sealedBytes
    case removedByCount, removedByAge, removedByBytes
    // Requests rejected because a token or a right is missing.
    case authMissing, authInvalid, authExpired, authStreamNotAllowed, authNotAnObserver
    case authRateLimited
    // The sum and the count of the histogram of the time from a whole request to its answer.
    case ackNanoseconds, ackCount
    // What the process uses, and when it started.
    case processorNanoseconds, residentBytes, virtualBytes, openDescriptors, descriptorLimit
    case beganAt
}

/// What a process counts of one stream.
package enum StreamCell: Int, CaseIterable, Sendable {
    case written, rejected, bytes

    func index(at place: Int) -> Int {
        CounterLayout.firstStream + place * Self.allCases.count + rawValue
    }
}

/// What a process is doing.
package enum ProcessState: Int64, Sendable {
    case absent = 0
    case running, draining
}

/// The role of the process that has a row: a number in the scoreboard, a name everywhere else.
///
/// `/health` reports workers and the sealer, so their numbers are fixed here; the service numbers
/// its further roles.
package struct RowRole: Hashable, Sendable {
    package let number: Int64
    package let name: String

    package init(_ number: Int64, _ name: String) {
        precondition(number > 0, "0 is the number of a row without a process")
        self.number = number
        self.name = name
    }

    package static let worker = RowRole(1, "worker")
    package static let sealer = RowRole(2, "sealer")
}
