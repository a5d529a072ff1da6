// SPDX-License-Identifier: Apache-2.0

import Bytes
import Glibc
import Linux

@testable import Prefork

/// A master whose children are numbers: it does what `MasterState` decides, and watches that no
/// decision is against the rules.
struct SimulatedMaster {
    struct Process: Equatable {
        var start: MasterState.Start?
        var row: Int
        var isReady = false
        /// The last signal that it was sent.
        var signal: Int32?
    }

    private(set) var state: MasterState
    private(set) var living: [pid_t: Process] = [:]
    /// What was decided since this was last emptied.
    var log: [MasterState.Action] = []
    private(set) var exitCode: Int32?
    /// What was against the rules.
    private(set) var violations: [String] = []
    var now: Int64 = 100
    var canFork = true
    private var nextProcess: pid_t = 10
    private var generation = 0
    private var adopted: Set<Int> = []
    private var abandoned: Set<Int> = []
    static let rowCount = 200

    init(
        workers: Int = 2, archivers: Int = 0, stopDelaySeconds: Int64 = 0,
        predecessors: [pid_t: Process] = [:], waits: Bool = false
    ) {
        state = MasterState(
            Reload(
                roles: Self.roles(workers, archivers), drainSeconds: 8,
                stopDelaySeconds: stopDelaySeconds, watchdogSeconds: 30, waitsForLeaving: waits),
            rowCount: Self.rowCount,
            predecessors: predecessors.sorted { $0.key < $1.key }.map {
                Handover.Child(process: $0.key, row: $0.value.row)
            }, now: now)
        living = predecessors
        nextProcess = (predecessors.keys.max() ?? 9) + 1
        for process in living.keys { living[process]?.start = nil }
        tick()
    }

    /// A master that serves: the workers are processes 10, 11, ..., then the sealer, then the
    /// archivers.
    static func running(
        workers: Int = 2, archivers: Int = 0, stopDelaySeconds: Int64 = 0
    ) -> SimulatedMaster {
        var master = SimulatedMaster(
            workers: workers, archivers: archivers, stopDelaySeconds: stopDelaySeconds)
        master.becomeReady()
        master.log = []
        return master
    }

    /// The service's table of roles, with one that it does not have yet.
    private static func roles(_ workers: Int, _ archivers: Int) -> [Role] {
        [
            Role(name: "worker", count: workers, isEssential: true, isResizable: true),
            Role(name: "sealer", count: 1), Role(name: "archiver", count: archivers),
        ]
    }

    // MARK: What happens

    mutating func tick(after seconds: Int64 = 0) {
        now += seconds
        precondition(now < 10_000_000, "what a test waits for does not come")
        perform(state.tick(now: now))
    }

    /// Everybody who is not says that it works, until nobody new comes.
    mutating func becomeReady() {
        while let next = living.filter({ !$0.value.isReady && $0.value.start != nil }).keys.min() {
            isReady(next)
        }
    }

    mutating func isReady(_ process: pid_t) {
        living[process]?.isReady = true
        perform(state.isReady(process, now: now))
    }

    mutating func ends(_ process: pid_t, _ status: ExitStatus = .exited(code: 0)) {
        living[process] = nil
        perform(state.ended(process, status, now: now))
    }

    mutating func wantsSuccessor(_ process: pid_t) {
        perform(state.wantsSuccessor(process, now: now))
    }

    mutating func hangs(_ process: pid_t) { perform(state.isHung(process)) }

    mutating func stop(_ signal: Int32 = SIGTERM) { perform(state.stop(signal, now: now)) }

    mutating func changeWorkerCount(by change: Int, limit: Int = 512) {
        perform(state.resize(by: change, limit: limit, now: now))
    }

    mutating func reload(
        workers: Int = 2, archivers: Int = 0, waits: Bool = false, stopDelaySeconds: Int64 = 0
    ) {
        generation += 1
        perform(
            state.reload(
                generation: generation,
                Reload(
                    roles: Self.roles(workers, archivers), drainSeconds: 8,
                    stopDelaySeconds: stopDelaySeconds, watchdogSeconds: 30,
                    waitsForLeaving: waits),
                now: now))
    }

    // MARK: What is done

    private mutating func perform(_ actions: [MasterState.Action]) {
        log += actions
        for action in actions { perform(action) }
        check()
    }

    private mutating func perform(_ action: MasterState.Action) {
        switch action {
        case .start(let start): self.start(start)
        case .signal(let process, let signal):
            if living[process] == nil { violate("\(process) was signalled after its end") }
            living[process]?.signal = signal
        case .announceStop, .beginStop: break
        case .adopt(let generation):
            if !adopted.insert(generation).inserted { violate("\(generation) adopted twice") }
            if abandoned.contains(generation) { violate("\(generation) adopted, but abandoned") }
        case .abandon(let generation, _):
            if !abandoned.insert(generation).inserted { violate("\(generation) abandoned twice") }
            if adopted.contains(generation) { violate("\(generation) abandoned, but adopted") }
        case .finish(let code):
            if !living.isEmpty { violate("finished while \(living.keys) live") }
            if exitCode != nil { violate("finished twice") }
            exitCode = code
        }
    }

    private mutating func start(_ start: MasterState.Start) {
        guard canFork else { return state.failedToStart(start, now: now) }
        if let other = living.first(where: { $0.value.row == start.row }) {
            violate("row \(start.row) belongs to \(other.key)")
        }
        living[nextProcess] = Process(start: start, row: start.row)
        state.started(start, process: nextProcess, now: now)
        nextProcess += 1
    }

    // MARK: The rules

    private mutating func check() {
        var rows = Rows(count: Self.rowCount)
        for process in living.values { rows.take(process.row) }
        if rows != state.rows { violate("rows are taken by nobody, or free though they are used") }
        let known = Dictionary(
            state.children.map { ($0.process, $0.row) }, uniquingKeysWith: { one, _ in one })
        if known != living.mapValues(\.row) { violate("\(known) are known, not \(living)") }
        if state.children.count != known.count { violate("a child is in two places") }
        // Two cohorts of at most eight children with a successor each, and those that leave:
        // `canReload` allows four times a cohort, which the next reload doubles.
        if living.count > 2 * 16 + 4 * 8 + 32 { violate("\(living.count) children") }
    }

    private mutating func violate(_ rule: String) { violations.append("\(now): \(rule)") }
}

extension SimulatedMaster {
    /// The living children of a generation by their positions.
    func children(of generation: Int) -> [pid_t: Position] {
        living.compactMapValues {
            $0.start?.generation == generation && $0.signal == nil ? $0.start?.position : nil
        }
    }

    func process(_ position: Position, of generation: Int = 0) -> pid_t {
        children(of: generation).filter { $0.value == position }.keys.max() ?? 0
    }
}

extension MasterState {
    var workerCount: Int { count(of: "worker") }
}

extension Position {
    static func worker(_ number: Int) -> Position { Position(role: "worker", number: number) }
    static let sealer = Position(role: "sealer", number: nil)
}
