// SPDX-License-Identifier: Apache-2.0

import Bytes
import Foundation
import HTTP
import Linux
import Logging
import Monitoring
import Prefork
import RotatingFile
import Streams
import Testing

@testable import Cordwood

/// A worker without a socket: requests go in and answers come out, a turn at a time.
final class WorkerFixture {
    let directory: String
    let worker: Worker
    let board: Scoreboard
    private let limits: Limits
    /// Streams whose files cannot be opened.
    private let broken: Box

    final class Box { var names: Set<String> = [] }

    init(_ yaml: String = "", endpoints: [Endpoint]? = nil) throws {
        directory =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("cordwood-\(UUID().uuidString)").path
        let settings = try configuration("directory: \(directory)\n" + yaml)
        board = try Scoreboard(
            rowCount: 2, cellCount: CounterLayout.service.cellCount,
            sharedCellCount: CounterLayout.sharedCellCount)
        let counters = Counters(scoreboard: board, row: 1)
        let storage = try Storage(settings, owner: nil)
        let log = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let broken = Box()
        self.broken = broken
        limits = settings.http
        worker = try Worker(
            settings, limits: limits, counters: counters, authenticator: nil, log: log,
            endpoints: endpoints
        ) { file throws(RotatingFileError) in
            if broken.names.contains(file.stem) {
                throw .system(operation: "open", path: "/\(file.name)", errno: .ioError)
            }
            return try storage.open(file.name, log, counters)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func breakStream(_ name: String) { broken.names.insert(name) }

    func count(_ cell: Cell) -> Int64 { board[1, cell] }

    /// What is in the file of a stream.
    func file(_ stream: String) -> String {
        (try? String(contentsOfFile: "\(directory)/\(stream).log", encoding: .utf8)) ?? ""
    }

    /// Sends requests in one turn; returns their answers.
    ///
    /// - Parameter isSlow: whether each visit to a body ends as early as it may.
    func send(_ requests: [String], isSlow: Bool = false) throws -> [String] {
        var answers: [PendingAnswer] = []
        for request in requests { answers.append(try promise(request, isSlow)) }
        worker.commit()
        let texts = answers.map { answer in
            var output = ByteBuffer()
            worker.answer(answer, isLast: false, into: &output)
            return String(output)
        }
        worker.endTurn()
        return texts
    }

    private func promise(_ request: String, _ isSlow: Bool) throws -> PendingAnswer {
        var bytes = ByteBuffer()
        bytes.append(string: request)
        var parser = RequestParser(limits: limits)
        var head = try #require(try parser.parse(bytes.span, .service))
        let peer = Peer()
        if let answer = worker.decide(
            &head, bytes.span.extracting(..<head.byteCount), from: peer, overload: nil)
        {
            return answer
        }
        var account = 0
        let deadline: Int64 = isSlow ? 1 : .max
        var reception = worker.take(
            head, bytes.span, from: peer, account: &account, until: deadline)
        while true {
            switch reception {
            case .answer(let answer): return answer
            case .unfinished(let work), .afterCommit(let work):
                if case .afterCommit = reception { worker.commit() }
                reception = worker.resume(
                    work, head, bytes.span, from: peer, account: &account, until: deadline)
            case .later: throw CancellationError()
            }
        }
    }
}
