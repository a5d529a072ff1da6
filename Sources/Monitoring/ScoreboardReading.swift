// SPDX-License-Identifier: Apache-2.0

import Linux
import Prefork

/// The totals of the rows.
///
/// The counts of a process stay in its row after its end; its gauges count only while it lives.
extension Scoreboard {
    package subscript(row: Int, cell: Cell) -> Int64 { self[row, cell.rawValue] }

    package func total(_ cell: Cell) -> Int64 { total(cell.rawValue) }

    package func state(_ row: Int) -> ProcessState {
        ProcessState(rawValue: self[row, .state]) ?? .absent
    }

    private func rows(of role: RowRole) -> [Int] {
        (1..<max(1, usedRowCount)).filter { self[$0, .role] == role.number }
    }

    /// The rows of living processes of a role, one for each number, in the order of the numbers:
    /// where two processes have the same number, the one with the latest heartbeat.
    func latestRows(of role: RowRole) -> [Int] {
        var latest: [Int64: Int] = [:]
        for row in rows(of: role) where state(row) != .absent {
            let number = self[row, .number]
            if let other = latest[number], self[other, .heartbeat] >= self[row, .heartbeat] {
                continue
            }
            latest[number] = row
        }
        return latest.sorted { $0.key < $1.key }.map(\.value)
    }

    // MARK: Workers

    /// The rows of workers that live, in the order of their numbers; of two with the same number
    /// the one that started earlier is first.
    var workerRows: [Int] {
        rows(of: .worker).filter { state($0) != .absent }.sorted {
            (self[$0, .number], self[$0, .generation]) < (self[$1, .number], self[$1, .generation])
        }
    }

    /// `workerRows`, divided into those that serve and those that another worker has replaced.
    ///
    /// When the whole service drains, no worker has been replaced and none is leaving.
    package var workers: (serving: [Int], leaving: [Int]) {
        let all = workerRows
        let taken = Set(all.filter { state($0) == .running }.map { self[$0, .number] })
        let wanted = self[0, .workersWanted]
        func isLeaving(_ row: Int) -> Bool {
            let number = self[row, .number]
            return state(row) == .draining
                && (taken.contains(number) || wanted > 0 && number >= wanted)
        }
        return (all.filter { !isLeaving($0) }, all.filter(isLeaving))
    }

    package var runningWorkerCount: Int { workerRows.count { state($0) == .running } }

    /// A row for each number of a serving worker, in their order: while one worker takes the place
    /// of another, the one that started last.
    var rowsByNumber: [Int] {
        var rows: [Int] = []
        for row in workers.serving {
            if let last = rows.last, self[last, .number] == self[row, .number] {
                rows.removeLast()
            }
            rows.append(row)
        }
        return rows
    }

    /// The sum of a gauge over the workers that live.
    func gauge(_ cell: Cell) -> Int64 { workerRows.reduce(0) { $0 + self[$1, cell] } }

    /// How long the oldest file that a worker has open is past its rollover.
    var rolloverOverdueSeconds: Int64 { workerRows.map { self[$0, .rolloverOverdue] }.max() ?? 0 }

    /// How many processes were replaced because they ended without having been asked to.
    var restarts: Int64 {
        self[0, .restartsKilled] + self[0, .restartsExited] + self[0, .restartsHung]
    }

    // MARK: The sealer

    /// The row of the sealer; if none lives, the row of the last one.
    var sealerRow: Int? {
        func rank(_ row: Int) -> (Int64, Int64) {
            (state(row) == .absent ? 0 : 1, self[row, .heartbeat])
        }
        return rows(of: .sealer).max { rank($0) < rank($1) }
    }

    // MARK: Errors

    /// The latest error of the processes of a role.
    package func lastError(of role: RowRole) -> LastError? {
        let failed = rows(of: role).filter { self[$0, .lastErrorAt] > 0 }
        guard let row = failed.max(by: { self[$0, .lastErrorAt] < self[$1, .lastErrorAt] }) else {
            return nil
        }
        return LastError(at: self[row, .lastErrorAt], sentence: errorSentence(row))
    }

    /// Why the last reload failed; nil if it succeeded.
    var reloadError: LastError? {
        guard self[0, .lastReloadFailed] != 0, self[0, .lastErrorAt] > 0,
            sharedCellCount >= CounterLayout.sharedCellCount
        else { return nil }
        let words = (0..<CounterLayout.reloadErrorWordCount).map {
            self[shared: CounterLayout.firstReloadErrorWord + $0]
        }
        return LastError(at: self[0, .lastErrorAt], sentence: Sentence.text(of: words))
    }

    /// Why the first worker of a generation could not start; nil if none has recorded a reason.
    package func startError(ofGeneration generation: Int) -> String? {
        rows(of: .worker)
            .first { self[$0, .generation] == generation && self[$0, .lastErrorAt] > 0 }
            .map(errorSentence)
    }

    /// When any worker last wrote a record, and when any last failed to.
    package var writeTimes: WriteTimes {
        let rows = rows(of: .worker)
        return WriteTimes(
            failedAt: rows.map { self[$0, .failedAt] }.max() ?? 0,
            writtenAt: rows.map { self[$0, .writtenAt] }.max() ?? 0)
    }

    private func errorSentence(_ row: Int) -> String {
        Sentence.text(
            of: (0..<CounterLayout.errorWordCount).map {
                self[row, CounterLayout.firstErrorWord + $0]
            })
    }
}

/// Text in cells, eight bytes in each; longer text is cut.
private enum Sentence {
    static func words(of text: String, count: Int) -> [Int64] {
        var words = [Int64](repeating: 0, count: count)
        for (index, byte) in text.utf8.prefix(count * 8).enumerated() {
            words[index / 8] |= Int64(bitPattern: UInt64(byte) << UInt64(index % 8 * 8))
        }
        return words
    }

    static func text(of words: [Int64]) -> String {
        let bytes = words.flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> Int64($0 * 8)) }
        }
        return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
}

/// An error, and its time in seconds since 1970.
package struct LastError: Equatable {
    package var at: Int64
    package var sentence: String
}

extension Counters {
    /// Records the sentence of an error where every process can read it.
    ///
    /// A process that reads while it is written may read a mixture of two sentences; its next
    /// reading is right.
    package func noteError(_ sentence: String) {
        let words = Sentence.words(of: sentence, count: CounterLayout.errorWordCount)
        for (index, word) in words.enumerated() {
            scoreboard[row, CounterLayout.firstErrorWord + index] = word
        }
        set(.lastErrorAt, to: Clock.epochSeconds())
    }

    /// Records why a reload failed; only the master does.
    ///
    /// A sentence that is too long is cut and ends with `…`.
    package func noteReloadError(_ sentence: String) {
        let words = Sentence.words(
            of: Self.bounded(sentence), count: CounterLayout.reloadErrorWordCount)
        for (index, word) in words.enumerated() {
            scoreboard[shared: CounterLayout.firstReloadErrorWord + index] = word
        }
        set(.lastErrorAt, to: Clock.epochSeconds())
    }

    private static func bounded(_ sentence: String) -> String {
        let byteLimit = CounterLayout.reloadErrorWordCount * 8
        guard sentence.utf8.count > byteLimit else { return sentence }
        let mark = "…"
        var bounded = ""
        var byteCount = mark.utf8.count
        for character in sentence {
            byteCount += character.utf8.count
            if byteCount > byteLimit { break }
            bounded.append(character)
        }
        return bounded + mark
    }

    /// Forgets the errors of the workers of a generation; only the master does, when it has
    /// abandoned that generation, because the serving workers did not have these errors.
    package func forgetErrors(ofGeneration generation: Int) {
        for row in 1..<max(1, scoreboard.usedRowCount)
        where scoreboard[row, .generation] == generation {
            scoreboard[row, Cell.lastErrorAt.rawValue] = 0
        }
    }
}
