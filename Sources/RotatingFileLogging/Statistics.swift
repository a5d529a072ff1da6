// SPDX-License-Identifier: Apache-2.0

import RotatingFile

extension RotatingFileSink {
    /// The counts of this process's lines: each is appended, waits or is lost.
    public struct Statistics: Sendable, Equatable {
        /// Lines that stand in the file.
        public internal(set) var appendedCount = 0
        /// Lines that wait in memory.
        public internal(set) var waitingCount = 0
        /// Lines that could neither be appended nor wait.
        public internal(set) var lostCount = 0
        /// How often an append, a rollover or a synchronization failed.
        public internal(set) var failureCount = 0
        /// Why it failed the last time.
        public internal(set) var lastError: RotatingFileError?
    }
}

typealias Statistics = RotatingFileSink.Statistics
