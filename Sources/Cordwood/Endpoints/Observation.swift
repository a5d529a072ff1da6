import Bytes
import HTTP
import Linux

/// `/readyz`, `/health` and `/metrics`, which any worker answers for all.
extension Worker {
    /// Judged when it is asked for: what was so a second ago may have sent a request astray.
    private var readiness: Readiness {
        let board = counters.scoreboard
        return Readiness(
            isDraining: isDraining, isStopAnnounced: board[0, .stopIsAnnounced] != 0,
            runningWorkerCount: board.runningWorkerCount, isDiskLow: isDiskLow,
            writes: board.writeTimes, now: Clock.monotonicNanoseconds())
    }

    func encodeReadiness(
        _ answer: Answer, _ isLast: Bool, _ output: inout ByteBuffer
    ) -> Status {
        let readiness = readiness
        text.removeAll()
        text.append(readiness.line)
        let status: Status = readiness == .ready ? .ok : .serviceUnavailable
        encodeText(status, "text/plain; charset=utf-8", answer, isLast, &output)
        return status
    }

    func encodeMetrics(_ answer: Answer, _ isLast: Bool, _ output: inout ByteBuffer) -> Status {
        share(sharedMetrics) { text in
            Metrics(
                scoreboard: counters.scoreboard, disk: disk, certificates: certificates,
                now: Clock.epochSeconds()
            ).encode(into: &text)
        }
        encodeText(.ok, "text/plain; version=0.0.4; charset=utf-8", answer, isLast, &output)
        text.clear(keeping: 4096)
        return .ok
    }

    /// Always 200 where there is a worker to answer: `/readyz` is what gates.
    func encodeHealth(_ answer: Answer, _ isLast: Bool, _ output: inout ByteBuffer) -> Status {
        share(sharedHealth) { text in
            let document = HealthDocument(
                board: counters.scoreboard, readiness: readiness, directory: settings.directory,
                disk: disk, certificates: certificates,
                now: (Self.monotonicSeconds, Clock.epochSeconds()))
            text.append(string: document.text)
        }
        encodeText(.ok, "application/json", answer, isLast, &output)
        text.clear(keeping: 4096)
        return .ok
    }

    /// Puts an answer into `text` that `make` makes, or has made for others a moment ago.
    func share<Failure: Error>(
        _ shared: SharedAnswer, _ make: (inout ByteBuffer) throws(Failure) -> Void
    ) throws(Failure) {
        text.removeAll()
        let start = Clock.monotonicNanoseconds()
        if shared.isOutdated(now: start, makingAllowance) {
            var made = ByteBuffer()
            try make(&made)
            let end = Clock.monotonicNanoseconds()
            makingAllowance.use(end - start, now: end)
            shared.take(&made, now: end)
        }
        text.append(shared.text)
    }
}
