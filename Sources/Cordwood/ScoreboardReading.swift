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

    /// When all workers together have last written, and last failed to.
    var writeTimes: WriteTimes {
        let rows = rows(of: .worker)
        return WriteTimes(
            failedAt: rows.map { self[$0, .failedAt] }.max() ?? 0,
            writtenAt: rows.map { self[$0, .writtenAt] }.max() ?? 0)
    }

    private func errorSentence(_ row: Int) -> String {
        var bytes: [UInt8] = []
        for cell in 0..<CounterLayout.errorWordCount {
            var word = UInt64(bitPattern: self[row, CounterLayout.firstErrorWord + cell])
            for _ in 0..<8 {
                bytes.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
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
        var bytes = sentence.utf8.makeIterator()
        for cell in 0..<CounterLayout.errorWordCount {
            var word: UInt64 = 0
            for place in 0..<8 {
                guard let byte = bytes.next() else { break }
                word |= UInt64(byte) << UInt64(8 * place)
            }
            scoreboard[row, CounterLayout.firstErrorWord + cell] = Int64(bitPattern: word)
        }
        set(.lastErrorAt, to: Clock.epochSeconds())
    }
}
