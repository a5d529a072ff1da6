// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The state page is an input: whatever it says, however long it is and whatever stands in its
/// place, the processes live, all streams go on and no acknowledged record goes.
///
/// `CORDWOOD_PAGE_CASES` makes it longer.
struct SurvivesADamagedPageTests {
    static let caseCount =
        ProcessInfo.processInfo.environment["CORDWOOD_PAGE_CASES"].flatMap(Int.init) ?? 150
    static let flags = ["--when", "D", "--backup-count", "0", "--workers", "2"]

    @Test func `damage of any kind under a running service costs nothing`() throws {
        try RunningService.run(Self.flags) { service in
            var accounts = Accounts(service)
            try accounts.post(to: ["app", "other"])
            let processes = try service.children().sorted()
            for number in 0..<Self.caseCount {
                let damage = PageDamage.random(number)
                let page = service.page(of: number % 3 == 0 ? "other" : "app")
                try damage.apply(to: page)
                // Each worker meets it.
                for _ in 0..<3 { try accounts.post(to: ["app", "other"], after: damage) }
                if case .obstacle = damage { try damage.clear(page) }
            }
            #expect(try service.children().sorted() == processes)
            try accounts.post(to: ["app", "other"])
            #expect(try service.stop() == 0)
            try accounts.settle()
        }
    }

    @Test func `damage of any kind before the start costs nothing`() throws {
        try Scratch.with { scratch in
            let logs = scratch.appendingPathComponent("logs")
            var ids: Set<String> = []
            for number in 0..<max(8, Self.caseCount / 20) {
                try RunningService.run(Self.flags, in: logs) { service in
                    var accounts = Accounts(service)
                    accounts.acknowledged["app"] = ids
                    try accounts.post(to: ["app", "other"])
                    ids = accounts.acknowledged["app"] ?? []
                    #expect(try service.stop() == 0)
                    try accounts.settle(["app"])
                    // One that is none stops the start, with a sentence.
                    var damage = PageDamage.random(number)
                    if case .obstacle = damage { damage = .field(96, .min) }
                    try damage.apply(to: service.page(of: "app"))
                }
            }
        }
    }

    @Test(.enabled(if: Program.python != nil, "needs python3"))
    func `a page that is cut again and again under load kills no process and loses nothing`() throws
    {
        try Scratch.with { scratch in
            let logs = scratch.appendingPathComponent("logs")
            try RunningService.run(Self.flags, in: logs) { service in
                let processes = try service.children().sorted()
                let load = try Load(on: service, seconds: 4, connections: 4, in: scratch)
                var cutCount = 0
                while load.isRunning {
                    let length = cutCount % 4 == 3 ? Int.random(in: 1...4000) : 0
                    if truncate(service.page(of: "app"), length) == 0 { cutCount += 1 }
                    usleep(10_000)
                }
                #expect(cutCount > 50)
                let report = try load.finish()
                #expect(try service.children().sorted() == processes)
                #expect(try service.stop() == 0)
                try load.expectNothingLost(report, in: logs)
                // Those who share the page share its lock: there is no reason to roll over.
                #expect(try service.files().count < 20)
            }
        }
    }

    @Test func `a worker is replaced while the page of the default stream is a directory`() throws {
        try RunningService.run(["--workers", "1"]) { service in
            #expect(try service.post("/logs/other", #"{"a":1}"#).status == 200)
            let page = service.page(of: "app")
            try #require(unlink(page) == 0 && mkdir(page, 0o700) == 0)
            let worker = try service.workers()[0]
            kill(worker, SIGKILL)
            try eventually("another stream is served") {
                (try? service.post("/logs/other", #"{"a":2}"#).status) == 200
            }
            #expect(try service.post(#"{"a":3}"#).status == 503)
            #expect(service.times(.writeFailed, with: page) > 0)
            rmdir(page)
            #expect(try service.post(#"{"a":4}"#).status == 200)
            #expect(try service.stop() == 0)
        }
    }
}

extension RunningService {
    func page(of stream: String) -> String { directory.path + "/.\(stream).log.state" }
}

/// What was acknowledged, stream by stream.
private struct Accounts {
    let service: RunningService
    var acknowledged: [String: Set<String>] = [:]

    init(_ service: RunningService) { self.service = service }

    /// Posts a record to each; where the page is none 503 is right for its own stream alone.
    mutating func post(to streams: [String], after damage: PageDamage? = nil) throws {
        var statuses: [Int] = []
        for stream in streams {
            let id = UUID().uuidString
            let status = try service.post("/logs/\(stream)", #"{"id":"\#(id)"}"#).status
            statuses.append(status)
            if status == 200 { acknowledged[stream, default: []].insert(id) }
        }
        if case .obstacle = damage {
            #expect(statuses.contains(200), "\(String(describing: damage))")
        } else {
            #expect(statuses.allSatisfy { $0 == 200 }, "\(String(describing: damage))")
        }
    }

    func settle(_ streams: [String] = ["app", "other"]) throws {
        for stream in streams {
            let found = try service.records(of: stream).compactMap { $0["id"]?.text }
            #expect(Set(found) == acknowledged[stream], "\(stream)")
            #expect(found.count == Set(found).count, "\(stream)")
        }
    }
}

/// One way to spoil a page.
enum PageDamage {
    case field(Int, Int64)
    case bit(Int)
    case length(Int)
    case zeros
    case noise
    case removed
    case exposed
    case obstacle(mode_t)

    static let values: [Int64] = [0, 1, 2, -1, -5, .min, .max, 1 << 32, 1 << 62, 0x5555_5555]

    /// Each kind in turn, with what the random numbers say.
    static func random(_ number: Int) -> PageDamage {
        switch number % 8 {
        case 0, 1:
            .field(8 * Int.random(in: 0...16), values.randomElement() ?? 0)
        case 2: .field(8 * Int.random(in: 0...16), Int64.random(in: .min ... .max))
        case 3: .bit(Int.random(in: 0..<1024))
        case 4: .length([0, 0, 1, Int.random(in: 0...4200)].randomElement() ?? 0)
        case 5: [.zeros, .noise].randomElement() ?? .zeros
        case 6: .exposed
        default:
            number % 16 == 7
                ? .removed : .obstacle([S_IFDIR, S_IFIFO, S_IFLNK].randomElement() ?? S_IFDIR)
        }
    }

    func apply(to path: String) throws {
        switch self {
        case .field(let offset, let value):
            try write(withUnsafeBytes(of: value) { Array($0) }, at: offset, path)
        case .bit(let bit):
            var bytes = (try? Data(contentsOf: URL(fileURLWithPath: path))) ?? Data()
            guard bit / 8 < bytes.count else { return }
            bytes[bit / 8] ^= 1 << (bit % 8)
            try write([bytes[bit / 8]], at: bit / 8, path)
        case .length(let length):
            try #require(truncate(path, length) == 0 || errno == ENOENT)
        case .zeros: try write([UInt8](repeating: 0, count: 4096), at: 0, path)
        case .noise: try write((0..<4096).map { _ in .random(in: 0...255) }, at: 0, path)
        case .removed: unlink(path)
        case .exposed: try #require(chmod(path, 0o666) == 0 || errno == ENOENT)
        case .obstacle(let kind):
            unlink(path)
            let made: Int32 =
                switch kind {
                case S_IFDIR: mkdir(path, 0o700)
                case S_IFIFO: mkfifo(path, 0o600)
                default: symlink("app.log", path)
                }
            try #require(made == 0)
            // Until then a worker may go on by the page that it has open.
            usleep(1_100_000)
        }
    }

    func clear(_ path: String) throws {
        if unlink(path) != 0 { try #require(rmdir(path) == 0 || errno == ENOENT) }
    }

    private func write(_ bytes: [UInt8], at offset: Int, _ path: String) throws {
        let file = open(path, O_WRONLY | O_CLOEXEC)
        // One that was removed is there again in the next second.
        if file < 0, errno == ENOENT { return }
        defer { close(file) }
        try #require(pwrite(file, bytes, bytes.count, offset) == bytes.count)
    }
}
