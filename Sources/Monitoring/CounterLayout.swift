// SPDX-License-Identifier: Apache-2.0

import Bytes

/// Which cell of the scoreboard holds which number.
///
/// A row has the `Cell`s, the buckets of the histogram, the sentence of the last error, the counts
/// of each stream, then rejections by reason and requests by path and status. The service hands in
/// the names of its roles, reasons and paths.
package struct CounterLayout: Sendable {
    package let roles: [RowRole]
    /// The labels of the endpoints, in the order of their numbers.
    package let paths: [String]
    /// The reasons of rejected records, in the order of their numbers.
    package let rejections: [String]

    package init(roles: [RowRole], paths: [String], rejections: [String]) {
        precondition(Set(roles.map(\.number)).count == roles.count, "two roles have one number")
        self.roles = roles
        self.paths = paths
        self.rejections = rejections
    }

    // MARK: The cells of a row

    /// Upper bounds of the histogram's buckets, in nanoseconds.
    static let ackBounds: [Int64] = [
        100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000,
        50_000_000, 100_000_000, 250_000_000, 500_000_000, 1_000_000_000, 2_500_000_000,
        5_000_000_000, 10_000_000_000,
    ]
    static let statusCodes: [UInt16] = [
        200, 202, 204, 400, 401, 403, 404, 405, 408, 411, 413, 414, 415, 417, 429, 431,
        500, 501, 503, 505,
    ]

    static let firstBucket = Cell.allCases.count
    static let firstErrorWord = firstBucket + ackBounds.count
    /// Each has eight bytes of the last error's sentence; a longer sentence is cut.
    static let errorWordCount = 32
    /// The `StreamCell`s of each place of the `StreamDirectory`, and of all other streams together.
    static let firstStream = firstErrorWord + errorWordCount
    static let firstRejection =
        firstStream + (StreamDirectory.limit + 1) * StreamCell.allCases.count
    var firstRequest: Int { Self.firstRejection + rejections.count }
    package var cellCount: Int { firstRequest + paths.count * Self.statusCodes.count }

    func request(_ path: Int, _ status: UInt16) -> Int {
        Self.request(path, status, from: firstRequest)
    }

    static func request(_ path: Int, _ status: UInt16, from firstRequest: Int) -> Int {
        let code = statusCodes.firstIndex(of: status) ?? statusCodes.count - 1
        return firstRequest + path * statusCodes.count + code
    }

    // MARK: The cells behind the rows

    /// The `StreamDirectory`, then the reason why the last reload failed.
    static let firstReloadErrorWord = StreamDirectory.cellCount
    static let reloadErrorWordCount = 64
    package static let sharedCellCount = firstReloadErrorWord + reloadErrorWordCount

    // MARK: Identity

    /// A hash of the names of all cells in their order, and the number of rows.
    ///
    /// Two programs with the same identity count in the same scoreboard, whatever their versions
    /// are; after an upgrade to a program with another identity the counters start again at 0.
    package func identity(rowCount: Int) -> String {
        let hash = String(FNV1a.hash(of: names.joined(separator: "\n").utf8), radix: 16)
        return "\(hash) \(rowCount)"
    }

    /// The registered names; what has no names of its own is registered by its size.
    private var names: [String] {
        var names = Cell.allCases.map { "\($0)" }
        names += Self.ackBounds.map { "answered within \($0)" }
        names += ["error of \(Self.errorWordCount) words", "\(StreamDirectory.limit) streams"]
        names += StreamCell.allCases.map { "stream \($0)" }
        names += rejections.map { "rejected \($0)" }
        names += paths.map { "path \($0)" }
        names += Self.statusCodes.map { "status \($0)" }
        names += ["reload error of \(Self.reloadErrorWordCount) words"]
        names += roles.map { "role \($0.number) \($0.name)" }
        return names
    }
}
