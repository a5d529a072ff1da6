import Bytes
import HTTP
import Ingest
import Linux
import Logging
import OpenSSL
import RotatingFile

/// What a worker does with requests: records into batches, batches into files, then the answers.
final class Worker: RequestHandler {
    let settings: Configuration
    let limits: Limits
    let counters: Counters
    var log: Logger
    var streams: StreamTable
    var workbench: Workbench
    var stamp: RecordStamp
    var encoder = ResponseEncoder()
    var answers: [Answer] = []
    /// The requests' ids of this turn, one behind the other.
    var requestIDs = ByteBuffer(capacity: 4096)
    /// Bodies of answers that are put together.
    var text = ByteBuffer()
    /// Set by the server's owner: nothing new is wanted.
    var isDraining = false
    private var identifiers = RequestIDs()
    /// Whether there is less room than `disk.min_free`.
    ///
    /// Looked at once a second: whoever is faster than that meets ENOSPC, which costs no record
    /// either.
    private(set) var isDiskLow = false
    /// Nil: no token is needed.
    let gatekeeper: Gatekeeper?
    var accessLog = RefusalLog(kinds: AccessRefusal.kindCount)
    /// Nil: no page of another origin may read the answers.
    private let sharing: CORSPolicy?
    private let allowedStreams: [[UInt8]]
    let defaultStream: [UInt8]
    var errorLog = ErrorLog()
    var mistakeLog = ClientErrorLog()
    let isDebugging: Bool
    /// Those that clients are shown.
    let certificates: [CertificateFacts]
    let sharedHealth = SharedAnswer()
    let sharedMetrics = SharedAnswer()
    let sharedStreamList = SharedAnswer()
    var makingAllowance = MakingAllowance()
    /// Of the requests of this turn, at debug level alone.
    var notes: [Int: RequestNote] = [:]

    init(
        _ settings: Configuration, limits: Limits, counters: Counters,
        certificates: [CertificateFacts] = [], authenticator: Authenticator?, log: Logger,
        isReplacement: Bool = false,
        open: @escaping (String) throws(RotatingFileError) -> RotatingFile
    ) throws(RotatingFileError) {
        self.settings = settings
        self.limits = limits
        self.counters = counters
        self.log = log
        self.certificates = certificates
        gatekeeper = authenticator.map { Gatekeeper($0, settings.auth) }
        isDebugging = log.logLevel <= .debug
        let census = StreamCensus(
            directory: settings.directory, limit: settings.streams.maxCount)
        let alwaysThere = settings.streams.defaultStream
        let directory = StreamDirectory(board: counters.scoreboard)
        streams = StreamTable(limit: settings.streams.maxOpen) { name throws(StreamError) in
            guard name == alwaysThere || census.admits(name, now: Self.monotonicSeconds) else {
                throw .tooMany
            }
            do throws(RotatingFileError) {
                let stream = try Stream(
                    name: name, settings.settings(ofStream: name), open: open)
                stream.place = directory.place(of: stream.nameBytes)
                return stream
            } catch {
                throw .file(error)
            }
        }
        workbench = Workbench(limits: settings.ingestLimits)
        stamp = RecordStamp(settings.stamp)
        sharing = CORSPolicy(settings.cors, keptBy: &encoder)
        allowedStreams = settings.streams.allow.map { Array($0.utf8) }
        defaultStream = Array(settings.streams.defaultStream.utf8)
        checkDisk()
        // The default stream's file is there, and its time is kept, before the first record.
        let name = defaultStream
        do {
            _ = try streams.index(of: name.span)
        } catch {
            guard case .file(let failure) = error else { return }
            // At the start it is a mistake to be named before anything is accepted. Later the other
            // streams must go on.
            if !isReplacement { throw failure }
            report(failure)
        }
    }

    static var monotonicSeconds: Int64 { Clock.monotonicNanoseconds() / 1_000_000_000 }

    // MARK: What is decided by the head

    func refusal(
        of head: inout RequestHead, _ bytes: Span<UInt8>, from peer: Peer, overload: Overload?
    ) -> PendingAnswer? {
        let route = Route(head, bytes)
        // First of all, so that strangers learn nothing.
        let content =
            denial(route, &head, bytes, from: peer)
            ?? immediateAnswer(route, head, bytes, peer) ?? overload.map { .overload($0) }
        guard let content else { return nil }
        let answer = promise(content, route, head, bytes, keepRequestID(head, bytes))
        noteRequest(answer, head, bytes, peer)
        return answer
    }

    /// What is answered without looking at a body; nil when the body decides.
    private func immediateAnswer(
        _ route: Route, _ head: RequestHead, _ bytes: Span<UInt8>, _ peer: Peer
    ) -> Answer.Content? {
        switch route {
        case .other:
            let path = bytes.extracting(head.path)
            // RFC 9110, 9.3.7: what is asked is of the service, not of a path.
            if path.equals("*") { return .methods(Route.allMethods) }
            let isSlashed = path.hasSuffix("/")
            return .failure(
                isSlashed
                    ? .trailingSlash(code: "no_such_path", signpost(for: peer))
                    : .noSuchPath(signpost(for: peer)))
        case .livez, .readyz, .health, .metrics, .page, .streamList, .tail, .contract:
            if route.isOfPage, !settings.page.isEnabled, !peer.role.isAdmin {
                return .failure(.noSuchPath(.records))
            }
            guard head.method == .get || head.method == .head else {
                return .failure(.methodNotAllowed(route.allow))
            }
            observationCount += route.observationWeight
            if observationCount >= Self.observationsPerTurn { isFull = true }
            return observation(route, head, bytes)
        case .logs, .root, .stream, .log: break
        }
        // A browser tells the page nothing about a preflight that failed, but shows it the answer
        // to the request that follows.
        if head.isPreflight, let sharing, !sharing.fields(route, head, bytes).isEmpty {
            return .methods(route.allow)
        }
        if case .stream(let range) = route {
            let name = bytes.extracting(range)
            guard StreamName.isValid(name) else {
                let isSlashed = name.hasSuffix("/")
                return .failure(
                    isSlashed
                        ? .trailingSlash(code: "no_such_stream", signpost(for: peer))
                        : .noSuchStream)
            }
            guard isAllowed(name) else { return .failure(.streamNotAllowed) }
        }
        switch head.method {
        case .head: return .empty
        case .options: return .methods(route.allow)
        case .post: break
        case .put where route != .log: break
        case .get where route == .log: break
        default: return .failure(.sendRecords(route.allow, signpost(for: peer)))
        }
        if let failure = Failure(bodyOf: head) { return .failure(failure) }
        if let mistake = RequestOptions(head, bytes).mistake { return .failure(mistake) }
        return isDiskLow ? .diskLow : nil
    }

    private func observation(
        _ route: Route, _ head: RequestHead, _ bytes: Span<UInt8>
    ) -> Answer.Content {
        switch route {
        case .metrics: .metrics
        case .page: .page
        case .streamList: .streamList
        case .tail:
            TailQuery(head.query, of: bytes).map { .tail($0) } ?? .failure(.malformedTailQuery)
        case .livez: .text("ok\n")
        case .readyz: .readiness
        case .health: .health
        case .contract: .contract
        case .logs, .root, .stream, .log, .other:
            preconditionFailure("\(route) is no observation")
        }
    }

    private func signpost(for peer: Peer) -> Signpost {
        if peer.role.isAdmin { return .administration }
        let isPageHere = settings.page.isEnabled && settings.observation.access != .admin
        return isPageHere ? .recordsAndPage : .records
    }

    private func isAllowed(_ name: Span<UInt8>) -> Bool {
        StreamName.isAllowed(name, by: allowedStreams)
    }

    // MARK: Whole requests

    func receive(
        _ head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer, account: inout Int,
        until deadline: Int64
    ) -> Reception {
        let route = Route(head, bytes)
        if epochSeconds == 0 { startTurn() }
        let requestID = keepRequestID(head, bytes)
        switch ingest(route, head, bytes, peer, requestID, &account, until: deadline) {
        case .over(let content):
            let answer = promise(content, route, head, bytes, requestID)
            noteRequest(answer, head, bytes, peer)
            return .answer(answer)
        case .unfinished(let work):
            leaveUnfinished()
            return .unfinished(work)
        case .later:
            leaveUnfinished()
            return .later
        }
    }

    func proceed(
        _ work: Int32, _ head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer,
        account: inout Int, until deadline: Int64
    ) -> Reception {
        // It had to make room for an older one, and begins again.
        guard let job = workbench.job(work) else {
            if !mayBegin { return .later }
            return receive(head, bytes, from: peer, account: &account, until: deadline)
        }
        if epochSeconds == 0 { startTurn() }
        let reception = proceed(job, head, bytes, &account, until: deadline)
        if case .answer(let answer) = reception {
            noteRequest(answer, head, bytes, peer)
        } else {
            leaveUnfinished()
        }
        return reception
    }

    func abandon(_ work: Int32) { workbench.remove(work) }

    /// The time of a turn is that of its answers.
    private func leaveUnfinished() {
        guard answers.isEmpty else { return }
        requestIDs.removeAll()
        epochSeconds = 0
    }

    func refuse(
        _ error: RequestError, of head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer
    ) -> PendingAnswer {
        refuse(.malformed(error), head, bytes, peer)
    }

    func refuse(
        _ overload: Overload, of head: RequestHead, _ bytes: Span<UInt8>, from peer: Peer
    ) -> PendingAnswer {
        refuse(.overload(overload), head, bytes, peer)
    }

    /// Of a head that may not be whole only what the answer and its count show is looked at.
    private func refuse(
        _ content: Answer.Content, _ head: RequestHead, _ bytes: Span<UInt8>, _ peer: Peer
    ) -> PendingAnswer {
        let answer = promise(
            content, Route(head, bytes), head, bytes, keepRequestID(head, bytes))
        noteRequest(answer, head, bytes, peer)
        return answer
    }

    func promise(
        _ content: Answer.Content, _ route: Route, _ head: RequestHead, _ bytes: Span<UInt8>,
        _ requestID: Range<Int>, startedAt: Int64 = 0
    ) -> PendingAnswer {
        var answer = Answer(content: content, route: route.labelIndex, requestID: requestID)
        answer.startedAt = startedAt
        answer.sender = Int(head.sender)
        answer.isHead = head.method == .head
        answer.confirmsKeepAlive = head.minorVersion == 0 && head.keepAlive
        if let sharing { answer.sharing = sharing.fields(route, head, bytes) }
        answers.append(answer)
        return PendingAnswer(index: answers.count - 1, isCostly: !route.isIngest)
    }

    private func keepRequestID(_ head: RequestHead, _ bytes: Span<UInt8>) -> Range<Int> {
        if head.requestID.isEmpty { return keepNewRequestID() }
        let start = requestIDs.count
        requestIDs.append(bytes.extracting(head.requestID))
        return start..<requestIDs.count
    }

    private func keepNewRequestID() -> Range<Int> {
        let start = requestIDs.count
        identifiers.appendNext(to: &requestIDs)
        return start..<requestIDs.count
    }

    // MARK: The end of a turn

    /// Monotonic nanoseconds of the turn's first whole request.
    var turnStartedAt: Int64 = 0
    /// Wall-clock seconds of this turn.
    var epochSeconds: Int64 = 0
    private var ingestedCount = 0
    private var isReopening = false
    private var observationCount = 0
    /// Set when a batch has grown large, or the answers will, until the turn ends.
    var isFull = false
    /// Answers of `/health`, `/metrics` and the like in one turn, by their weight: a request of
    /// forty bytes has an answer of thousands, which may have to wait for a peer that does not
    /// read.
    private static let observationsPerTurn = 16
    /// Bytes of records, accepted and rejected, that this turn has brought to all streams.
    private var turnByteCount = 0
    /// When those of the acknowledged requests had come that were unfinished before this turn.
    private var late: [Int64] = []
    /// Bytes that the server keeps of requests and answers.
    var bufferedByteCount: () -> Int = { 0 }

    /// Bytes that are kept of requests until they are answered.
    var heldByteCount: Int { turnByteCount + workbench.heldByteCount }

    /// A batch has grown: much is committed before more is taken.
    func hold(_ byteCount: Int) {
        turnByteCount += byteCount
        if turnByteCount > turnByteLimit { isFull = true }
    }

    private var turnByteLimit: Int { min(Self.largeTurnByteCount, limits.bufferedByteCount / 4) }
    private static let largeTurnByteCount = 8 << 20

    private func startTurn() {
        turnStartedAt = Clock.monotonicNanoseconds()
        epochSeconds = Clock.epochSeconds()
    }

    func commit() {
        if epochSeconds == 0 { epochSeconds = Clock.epochSeconds() }
        encoder.setTime(epochSeconds: Int(epochSeconds))
        isFull = false
        turnByteCount = 0
        var keptByteCount = 0
        for index in 0..<streams.count {
            if streams[index].isTouched {
                streams[index].commit(
                    now: epochSeconds, time: turnStartedAt, counters: counters,
                    mayKeep: keptByteCount < Self.keptByteLimit,
                    makeRoom: { streams.releaseLeastRecentlyUsed() }
                ) {
                    report($0, requestID: firstRequestID(of: index))
                }
            }
            keptByteCount += streams[index].keptByteCount
        }
    }

    /// What all streams together keep of their batches' storage from turn to turn.
    private static let keptByteLimit = 8 << 20

    func endTurn() {
        if ingestedCount > 0 {
            let took = Clock.monotonicNanoseconds() - turnStartedAt
            counters.countAcknowledgements(ingestedCount, took: took)
            ingestedCount = 0
        }
        if !late.isEmpty { countLate() }
        observationCount = 0
        streams.shrink()
        if isReopening { closeFiles() }
        answers.removeAll(keepingCapacity: true)
        if isDebugging { notes.removeAll() }
        requestIDs.removeAll()
        epochSeconds = 0
    }

    func releaseDescriptors() -> Bool { streams.releaseLeastRecentlyUsed() }

    private func countLate() {
        let now = Clock.monotonicNanoseconds()
        for startedAt in late { counters.countAcknowledgements(1, took: now - startedAt) }
        late.removeAll()
    }

    func didReach(second: Int64) { counters.set(.heartbeat, to: second) }

    /// One more answer whose records stand in a file.
    func countIngested(_ answer: Answer) {
        if answer.startedAt > 0 { late.append(answer.startedAt) } else { ingestedCount += 1 }
    }

    func tick() {
        let now = Clock.epochSeconds()
        encoder.setTime(epochSeconds: Int(now))
        counters.set(.heartbeat, to: Self.monotonicSeconds)
        // Before the others' time is kept, which makes files that are not there.
        for name in streams.forgetRemoved(butNot: defaultStream) {
            log.warning(
                "the log file and the state page of the stream \(name) were removed or moved away: it is made again when a request comes for it"
            )
        }
        var overdueSeconds: Int64 = 0
        for index in 0..<streams.count {
            streams[index].tick(now: now) { report($0) }
            overdueSeconds = max(overdueSeconds, streams[index].overdueSeconds(now: now))
        }
        counters.set(.rolloverOverdue, to: overdueSeconds)
        let monotonic = Clock.monotonicNanoseconds()
        for shared in [sharedHealth, sharedMetrics, sharedStreamList] {
            shared.release(now: monotonic)
        }
        checkDisk()
    }

    /// Lets go of all files; each is opened again when it is needed.
    ///
    /// Answers of this turn still say which of the streams they are for, so it waits for its end.
    func reopen() {
        if answers.isEmpty { closeFiles() } else { isReopening = true }
    }

    private func closeFiles() {
        isReopening = false
        streams.closeAll()
        log.info("the log files are opened again")
    }

    /// The room for logs; nil when it cannot be asked.
    var disk: DiskRoom? {
        (try? FileSystem(at: settings.directory)).map { DiskRoom($0, settings) }
    }

    private func checkDisk() {
        guard let disk else { return }
        if disk.isLow, !isDiskLow {
            log.error(
                "\(settings.directory) has \(disk.freeBytes) bytes free, less than disk.min_free, \(disk.minFreeBytes): requests are answered 503 until there is room; free some or lower the setting"
            )
        } else if !disk.isLow, isDiskLow {
            log.notice("\(settings.directory) has room again: requests are taken")
        }
        isDiskLow = disk.isLow
    }
}
