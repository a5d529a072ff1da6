import Linux
import Prefork

/// What the rows say together.
///
/// The counts of a process outlive it in its row; what says how things are now counts only as long
/// as the process lives.
extension Scoreboard {
    subscript(row: Int, cell: Cell) -> Int64 { self[row, cell.rawValue] }

    func total(_ cell: Cell) -> Int64 { total(cell.rawValue) }

    func state(_ row: Int) -> ProcessState {
        ProcessState(rawValue: self[row, .state]) ?? .absent
    }

    private func rows(of role: ProcessRole) -> [Int] {
        (1..<max(1, usedRowCount)).filter { self[$0, .role] == role.rawValue }
    }

    // MARK: Workers

    /// The rows of workers that live, in the order of their numbers; of those with the same number
    /// the one that came first.
    var workerRows: [Int] {
        rows(of: .worker).filter { state($0) != .absent }.sorted {
            (self[$0, .number], self[$0, .generation]) < (self[$1, .number], self[$1, .generation])
        }
    }

    /// `workerRows`, those who leave because others have their places apart.
    ///
    /// Where the whole service drains nobody has taken their places, and nobody is leaving.
    var workers: (serving: [Int], leaving: [Int]) {
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

    var runningWorkerCount: Int { workerRows.count { state($0) == .running } }

    /// The sum of a gauge over the workers that live.
    func gauge(_ cell: Cell) -> Int64 { workerRows.reduce(0) { $0 + self[$1, cell] } }

    /// How long the oldest file that a worker has open is past its rollover.
    var rolloverOverdueSeconds: Int64 { workerRows.map { self[$0, .rolloverOverdue] }.max() ?? 0 }

    /// Processes that were replaced without having been asked to end.
    var restarts: Int64 {
        self[0, .restartsKilled] + self[0, .restartsExited] + self[0, .restartsHung]
    }

    // MARK: The sealer

    /// The row of the sealer; where none lives, of the one that lived last.
    var sealerRow: Int? {
        func rank(_ row: Int) -> (Int64, Int64) {
            (state(row) == .absent ? 0 : 1, self[row, .heartbeat])
        }
        return rows(of: .sealer).max { rank($0) < rank($1) }
    }

    // MARK: Errors

    /// The error of workers, or of sealers, that came last.
    func lastError(of role: ProcessRole) -> LastError? {
        let failed = rows(of: role).filter { self[$0, .lastErrorAt] > 0 }
        guard let row = failed.max(by: { self[$0, .lastErrorAt] < self[$1, .lastErrorAt] }) else {
            return nil
        }
        return LastError(at: self[row, .lastErrorAt], sentence: errorSentence(row))
    }

    /// Why the last reload has failed; nil if it has not.
    var reloadError: LastError? {
        guard self[0, .lastReloadFailed] != 0, self[0, .lastErrorAt] > 0,
            sharedCellCount >= CounterLayout.sharedCellCount
        else { return nil }
        let words = (0..<CounterLayout.reloadErrorWordCount).map {
            self[shared: CounterLayout.firstReloadErrorWord + $0]
        }
        return LastError(at: self[0, .lastErrorAt], sentence: Sentence.text(of: words))
    }

    /// What the first worker of a generation could not do; nil if none has said so.
    func startError(ofGeneration generation: Int) -> String? {
        rows(of: .worker)
            .first { self[$0, .generation] == generation && self[$0, .lastErrorAt] > 0 }
            .map(errorSentence)
    }

    /// When all workers together have last written, and last failed to.
    var writeTimes: WriteTimes {
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

/// Text in cells, eight bytes in each; what is too long is cut.
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

/// An error, and when it was, in seconds since 1970.
struct LastError: Equatable {
    var at: Int64
    var sentence: String
}

extension Counters {
    /// Keeps a sentence where every process can read it.
    ///
    /// Who reads in this very moment may read a mixture of two sentences, and reads again later.
    func noteError(_ sentence: String) {
        let words = Sentence.words(of: sentence, count: CounterLayout.errorWordCount)
        for (index, word) in words.enumerated() {
            scoreboard[row, CounterLayout.firstErrorWord + index] = word
        }
        set(.lastErrorAt, to: Clock.epochSeconds())
    }

    /// Keeps what was wrong with a reload; only the master does.
    ///
    /// What is too long is cut and ends with `…`.
    func noteReloadError(_ sentence: String) {
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

    /// Forgets what the workers of a generation have noted; only the master does, when it has
    /// abandoned that generation: they are no errors of the workers that serve.
    func forgetErrors(ofGeneration generation: Int) {
        for row in 1..<max(1, scoreboard.usedRowCount)
        where scoreboard[row, .generation] == generation {
            scoreboard[row, Cell.lastErrorAt.rawValue] = 0
        }
    }
}
