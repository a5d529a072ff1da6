import Bytes
import Glibc
import HTTP
import Linux

/// `/readyz`, `/health` and `/metrics`, which any worker answers for all.
extension Worker {
    func encodeReadiness(
        _ answer: Answer, _ isLast: Bool, _ output: inout ByteBuffer
    ) -> Status {
        text.removeAll()
        text.append(isDraining ? "draining\n" : isDiskLow ? "disk low\n" : "ready\n")
        let status: Status = isDraining || isDiskLow ? .serviceUnavailable : .ok
        encodeText(status, "text/plain; charset=utf-8", answer, isLast, &output)
        return status
    }

    func encodeMetrics(_ answer: Answer, _ isLast: Bool, _ output: inout ByteBuffer) -> Status {
        text.removeAll()
        Metrics(scoreboard: counters.scoreboard)
            .encode(diskFreeBytes: disk?.freeBytes, into: &text)
        encodeText(.ok, "text/plain; version=0.0.4; charset=utf-8", answer, isLast, &output)
        text.clear(keeping: 4096)
        return .ok
    }

    func encodeHealth(_ answer: Answer, _ isLast: Bool, _ output: inout ByteBuffer) -> Status {
        text.removeAll()
        text.append(string: healthDocument)
        encodeText(.ok, "application/json", answer, isLast, &output)
        text.clear(keeping: 4096)
        return .ok
    }

    /// Not on the path of records, so plain strings will do.
    private var healthDocument: String {
        let board = counters.scoreboard
        let now = Clock.epochSeconds()
        let errorAt =
            (0..<board.usedRowCount).map { board[$0, Cell.lastErrorAt.rawValue] }.max() ?? 0
        let isFailing = errorAt > 0 && now - errorAt < Self.recentSeconds
        var fields: [(String, String)] = []
        let status = isDraining ? "draining" : isFailing || isDiskLow ? "degraded" : "ok"
        fields.append(("status", DiagnosticLog.quoted(status)))
        fields.append(("version", DiagnosticLog.quoted(Version.current)))
        fields.append(
            (
                "uptime_seconds",
                "\(Self.monotonicSeconds - board[0, Cell.startedAt.rawValue])"
            ))
        fields.append(
            ("workers", "[\(board.workerRows.map(workerDocument).joined(separator: ","))]"))
        fields.append(("worker_restarts", "\(board.restarts)"))
        fields.append(("records", recordsDocument))
        fields.append(("disk", diskDocument))
        fields.append(("sealing", sealingDocument))
        fields.append(("last_write_error", lastErrorDocument(at: errorAt)))
        return Self.object(fields) + "\n"
    }

    private func workerDocument(_ row: Int) -> String {
        let board = counters.scoreboard
        let state = ProcessState(rawValue: board[row, Cell.state.rawValue]) ?? .absent
        return Self.object([
            ("pid", "\(board[row, Cell.process.rawValue])"),
            ("state", "\"\(state)\""),
            ("connections", "\(board[row, Cell.connections.rawValue])"),
            ("records_written", "\(board[row, Cell.written.rawValue])"),
            (
                "heartbeat_age_seconds",
                "\(max(0, Self.monotonicSeconds - board[row, Cell.heartbeat.rawValue]))"
            ),
        ])
    }

    private var recordsDocument: String {
        let board = counters.scoreboard
        return Self.object([
            ("received", "\(board.total(Cell.received.rawValue))"),
            ("written", "\(board.total(Cell.written.rawValue))"),
            ("rejected", "\(board.total(Cell.rejected.rawValue))"),
        ])
    }

    private var diskDocument: String {
        guard let disk else { return "null" }
        return Self.object([
            ("free_bytes", "\(disk.freeBytes)"), ("total_bytes", "\(disk.totalBytes)"),
        ])
    }

    private var sealingDocument: String {
        let board = counters.scoreboard
        return Self.object([
            ("pending", "\(board.total(Cell.sealPending.rawValue))"),
            ("failures", "\(board.total(Cell.sealFailures.rawValue))"),
            ("sealed_files", "\(board.total(Cell.sealedFiles.rawValue))"),
        ])
    }

    private func lastErrorDocument(at time: Int64) -> String {
        let board = counters.scoreboard
        guard time > 0,
            let row = (0..<board.usedRowCount).first(where: {
                board[$0, Cell.lastErrorAt.rawValue] == time
            })
        else { return "null" }
        let number = Int32(truncatingIfNeeded: board[row, Cell.lastErrorNumber.rawValue])
        let message = number == 0 ? "see the diagnostic log" : String(cString: strerror(number))
        return Self.object([
            ("at", DiagnosticLog.quoted(RFC3339.string(epochNanoseconds: time * 1_000_000_000))),
            ("error", DiagnosticLog.quoted(message)),
        ])
    }

    private static func object(_ fields: [(String, String)]) -> String {
        "{\(fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ","))}"
    }

    /// An error of the last so many seconds makes the service degraded.
    private static let recentSeconds: Int64 = 30
}
