// SPDX-License-Identifier: Apache-2.0

extension Sealer {
    /// The results of one pass.
    public struct Report: Equatable, Sendable {
        /// Files compressed now.
        public var sealedCount = 0
        /// Their bytes before.
        public var sealedByteCount: Int64 = 0
        /// Files that still wait: a writer has them open, or compressing failed.
        public var pendingCount = 0
        /// Slots removed by retention.
        public var removedCount = 0
        /// A sentence for each thing that went wrong and was left as it was.
        public var failures: [String] = []
        /// Whether the disk had no room, so that the next pass had better wait.
        public var isOutOfSpace = false
        /// One event for each file, in the order in which they happened.
        public var events: [SealerEvent] = []

        /// Nothing done.
        public init() {}

        /// Adds a later report.
        mutating func add(_ other: Report) {
            sealedCount += other.sealedCount
            sealedByteCount += other.sealedByteCount
            pendingCount += other.pendingCount
            removedCount += other.removedCount
            failures += other.failures
            isOutOfSpace = isOutOfSpace || other.isOutOfSpace
            events += other.events
        }

        /// Forgets failures, as if those files had not been tried.
        mutating func forgetFailures() {
            pendingCount = 0
            failures = []
            isOutOfSpace = false
            events.removeAll { if case .busy = $0 { true } else { false } }
        }
    }
}
