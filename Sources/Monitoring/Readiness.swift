/// Whether clients should send here, as `/readyz` says.
enum Readiness: Equatable {
    case ready
    /// This worker ends, and there is none that would take its place.
    case draining
    /// The service will stop soon and still takes what comes.
    case stopping
    case diskLow
    case writesFail

    /// - Parameters:
    ///   - isDraining: the worker that is asked does.
    ///   - isStopAnnounced: by the master, for all.
    ///   - runningWorkerCount: of all workers. Where some run, one that drains has only been
    ///     replaced and the service is as ready as they are.
    ///   - now: monotonic nanoseconds.
    init(
        isDraining: Bool, isStopAnnounced: Bool, runningWorkerCount: Int, isDiskLow: Bool,
        writes: WriteTimes, now: Int64
    ) {
        if isStopAnnounced {
            self = isDraining ? .draining : .stopping
        } else if isDraining, runningWorkerCount == 0 {
            // The master is gone.
            self = .draining
        } else if isDiskLow {
            self = .diskLow
        } else {
            self = writes.areFailing(now: now) ? .writesFail : .ready
        }
    }

    var line: StaticString {
        switch self {
        case .ready: "ready\n"
        case .draining: "draining\n"
        case .stopping: "stopping\n"
        case .diskLow: "disk low\n"
        case .writesFail: "writes fail\n"
        }
    }
}

/// When records were last written, and when they last could not be: monotonic nanoseconds, 0 for
/// never.
struct WriteTimes: Equatable {
    var failedAt: Int64
    var writtenAt: Int64

    /// Whether all writes fail: there was a failure in the last ten seconds, and since a second
    /// before it nothing could be written.
    ///
    /// The second lets a service go on whose other streams can be written. After the ten seconds
    /// clients may try again, for without them nobody would learn that writing works again.
    func areFailing(now: Int64) -> Bool {
        failedAt > 0 && now - failedAt < Self.memory && failedAt - writtenAt >= Self.tolerance
    }

    private static let memory: Int64 = 10_000_000_000
    private static let tolerance: Int64 = 1_000_000_000
}
